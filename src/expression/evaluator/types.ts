import { typesByName } from '../java/index.ts';
import { EvaluationFailure } from '../value.ts';
import { suggestion } from './closest-name.ts';
import { ClassValue } from './value-type.ts';

/** `T(name)`: one of the known classes. */
export function findType(name: string, dimensions: number): ClassValue {
  const type = dimensions === 0 ? typesByName.get(name) : undefined;
  if (type === undefined) {
    throw new EvaluationFailure(
      `there is no type '${name}${'[]'.repeat(dimensions)}'${suggestion(name, typesByName.keys())}`,
    );
  }
  return new ClassValue(type);
}
