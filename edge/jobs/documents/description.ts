import { CONTROLS } from '../controls.ts';
import type { JobType } from '../job-type.ts';
import type { JobLimits } from '../settings.ts';

/**
 * What jobs of a type take, for programs.
 * @param list address of the list of jobs, without a trailing slash.
 */
export function jobTypeDescription(type: JobType, limits: JobLimits, list: string) {
  return {
    name: type.name,
    title: type.title,
    description: type.description,
    jobs: list,
    schema: `${list}/schema.json`,
    parameters: type.parameters.map((parameter) => {
      const limited = parameter.limits?.(limits);
      return {
        name: parameter.name,
        type: parameter.type,
        description: parameter.description,
        required: parameter.required ?? false,
        repeatable: parameter.repeatable ?? false,
        default: parameter.default ?? limited?.default ?? null,
        values: parameter.values ?? null,
        minimum: parameter.least ?? null,
        maximum: parameter.most ?? limited?.maximum ?? null,
        maxLength: parameter.longest ?? null,
      };
    }),
    files: type.files,
    controls: CONTROLS.map(({ name, description }) => ({ name, description })),
    limits: {
      executionDuration: { default: limits.defaultSeconds, maximum: limits.seconds, unit: 's' },
      destruction: { default: limits.defaultDays, maximum: limits.days, unit: 'd' },
      wait: { maximum: limits.waitSeconds, unit: 's' },
      running: limits.running,
      queued: limits.queued,
      requestBytes: limits.bodyBytes,
      resultBytes: limits.resultBytes,
    },
  };
}
