import { compilePattern, type EventMatcher, UnsupportedPatternError } from '../../services/events/pattern.ts';
import { TemplateError } from '../../template/errors.ts';

/**
 * Compiles the filters of an event source mapping; a record passes where one of them matches.
 * @throws {TemplateError} for a pattern that the host cannot evaluate.
 */
export const compileFilters = (path: string, filters: readonly string[]): readonly EventMatcher[] =>
  filters.map((filter, index) => {
    try {
      return compilePattern(JSON.parse(filter), `FilterCriteria.Filters.${index}.Pattern`);
    } catch (error) {
      if (error instanceof UnsupportedPatternError || error instanceof SyntaxError) {
        throw new TemplateError(`${path}: ${error.message}`, { cause: error });
      }
      throw error;
    }
  });
