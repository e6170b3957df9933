import type { DocumentPath, Position } from '../problem.ts';
import { parseJson, type Source } from '../source/index.ts';

/** A text inside another document, as inline policies in a route: places are reported in the outer one. Throws SourceError. */
export function embeddedJson(text: string, outer: Source, path: DocumentPath): Source {
  const inner = parseJson(text);
  const starts = lineStarts(text);
  const translate = ({ line, column }: Position): Position => {
    return outer.locateInText(path, (starts[line - 1] ?? 0) + column - 1);
  };
  return {
    data: inner.data,
    locate: (innerPath, part) => translate(inner.locate(innerPath, part)),
    locateInText: (innerPath, offset) => translate(inner.locateInText(innerPath, offset)),
    isUnwritten: (innerPath) => inner.isUnwritten(innerPath),
    numberText: (innerPath) => inner.numberText(innerPath),
  };
}

/** An object inside another document. */
export function embeddedData(data: unknown, outer: Source, path: DocumentPath): Source {
  return {
    data,
    locate: (innerPath, part) => outer.locate([...path, ...innerPath], part),
    locateInText: (innerPath, offset) => outer.locateInText([...path, ...innerPath], offset),
    isUnwritten: (innerPath) => outer.isUnwritten([...path, ...innerPath]),
    numberText: (innerPath) => outer.numberText([...path, ...innerPath]),
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
