import type { DocumentPath, Problem } from '../problem.ts';
import { formatPath } from '../problem.ts';
import type { Source } from '../source/index.ts';
import { subjectOf } from './object-names.ts';

/** A document of a file. */
export interface FileDocument {
  readonly fileName: string;
  readonly source: Source;
}

/** Several documents as a list of them: the first part of a path is the number of the document. */
export interface Joined {
  readonly source: Source;
  /** A problem as reported for the document. */
  rephrase(problem: Problem, path: DocumentPath): Problem;
}

export function joinDocuments(documents: readonly [FileDocument, ...FileDocument[]]): Joined {
  const split = (path: DocumentPath): { document: FileDocument; inner: DocumentPath } => {
    const [index, ...inner] = path;
    return { document: (typeof index === 'number' ? documents[index] : undefined) ?? documents[0], inner };
  };
  return {
    source: {
      data: documents.map(({ source }) => source.data),
      locate(path, part) {
        const { document, inner } = split(path);
        return document.source.locate(inner, part);
      },
      locateInText(path, offset) {
        const { document, inner } = split(path);
        return document.source.locateInText(inner, offset);
      },
      isUnwritten(path) {
        const { document, inner } = split(path);
        return document.source.isUnwritten(inner);
      },
      numberText(path) {
        const { document, inner } = split(path);
        return document.source.numberText(inner);
      },
    },
    rephrase(problem, path) {
      const { document, inner } = split(path);
      const told = { ...problem, file: document.fileName, path: formatPath(inner) };
      const subject = subjectOf(document.source.data, inner);
      return subject === undefined ? told : { ...told, subject };
    },
  };
}
