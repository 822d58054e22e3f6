import { XMLParser } from 'fast-xml-parser';
import type { JobDocument, JobListDocument } from '../edge/jobs/documents/job-document.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: (name) => ['parameter', 'result', 'jobref'].includes(name),
  htmlEntities: true,
});

const nullable = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'nil' in value ? null : ((value as string) ?? null);

/** What the XML document of a job says, in the words of the JSON one. */
export function documentOfXml(xml: string): JobDocument {
  const { job } = parser.parse(xml);
  const { notification } = job.jobInfo ?? {};
  return {
    version: job.version,
    jobId: job.jobId,
    runId: nullable(job.runId),
    ownerId: nullable(job.ownerId),
    phase: job.phase,
    quote: nullable(job.quote),
    creationTime: job.creationTime,
    startTime: nullable(job.startTime),
    endTime: nullable(job.endTime),
    executionDuration: Number(job.executionDuration),
    destruction: job.destruction,
    parameters: (job.parameters.parameter ?? []).map((one: Record<string, string>) => ({
      id: one.id,
      value: one['#text'],
    })),
    results: (job.results.result ?? []).map((one: Record<string, string>) => ({
      id: one.id,
      href: one.href,
      mimeType: one['mime-type'],
      size: Number(one.size),
    })),
    errorSummary: job.errorSummary
      ? {
          type: job.errorSummary.type,
          hasDetail: job.errorSummary.hasDetail === 'true',
          message: job.errorSummary.message,
        }
      : null,
    jobInfo: notification
      ? { notification: { state: notification.state, reason: notification['#text'] ?? null } }
      : null,
  };
}

/** The same of a list. */
export function listOfXml(xml: string): JobListDocument {
  const { jobs } = parser.parse(xml);
  return {
    version: jobs.version,
    jobs: (jobs.jobref ?? []).map((job: Record<string, string>) => ({
      id: job.id,
      href: job.href,
      phase: job.phase,
      runId: nullable(job.runId),
      ownerId: nullable(job.ownerId),
      creationTime: job.creationTime,
    })),
  };
}
