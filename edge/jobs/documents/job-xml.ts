import { element, textElement, XML_DECLARATION } from '../../vosi/xml.ts';
import type { JobDocument, JobListDocument, NotificationDocument } from './job-document.ts';

const NAMESPACES = {
  'xmlns:uws': 'http://www.ivoa.net/xml/UWS/v1.0',
  'xmlns:xlink': 'http://www.w3.org/1999/xlink',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
};

/** Of what UWS has no words for. */
const OWN_NAMESPACE = 'urn:almagest:jobs';

/** The document of a job in XML (UWS 1.1, appendix A). */
export function jobXml(job: JobDocument): string {
  return (
    XML_DECLARATION +
    element('uws:job', { ...NAMESPACES, version: job.version }, [
      textElement('uws:jobId', job.jobId),
      textElement('uws:runId', job.runId),
      nillable('uws:ownerId', job.ownerId),
      textElement('uws:phase', job.phase),
      nillable('uws:quote', job.quote),
      textElement('uws:creationTime', job.creationTime),
      nillable('uws:startTime', job.startTime),
      nillable('uws:endTime', job.endTime),
      textElement('uws:executionDuration', job.executionDuration),
      textElement('uws:destruction', job.destruction),
      parametersElement(job, {}),
      resultsElement(job, {}),
      ...(job.errorSummary === null ? [] : [errorElement(job.errorSummary)]),
      ...(job.jobInfo === null ? [] : [notificationElement(job.jobInfo.notification)]),
    ])
  );
}

export function parametersXml(job: Pick<JobDocument, 'parameters'>): string {
  return XML_DECLARATION + parametersElement(job, NAMESPACES);
}

export function resultsXml(job: Pick<JobDocument, 'results'>): string {
  return XML_DECLARATION + resultsElement(job, NAMESPACES);
}

export function jobListXml({ version, jobs }: JobListDocument): string {
  return (
    XML_DECLARATION +
    element(
      'uws:jobs',
      { ...NAMESPACES, version },
      jobs.map((job) =>
        element('uws:jobref', { id: job.id, 'xlink:type': 'simple', 'xlink:href': job.href }, [
          textElement('uws:phase', job.phase),
          textElement('uws:runId', job.runId),
          nillable('uws:ownerId', job.ownerId),
          textElement('uws:creationTime', job.creationTime),
        ]),
      ),
    )
  );
}

function parametersElement(
  { parameters }: Pick<JobDocument, 'parameters'>,
  namespaces: Record<string, string>,
): string {
  return element(
    'uws:parameters',
    namespaces,
    parameters.map(({ id, value }) => textElement('uws:parameter', value, { id })),
  );
}

function resultsElement(
  { results }: Pick<JobDocument, 'results'>,
  namespaces: Record<string, string>,
): string {
  return element(
    'uws:results',
    namespaces,
    results.map(({ id, href, mimeType, size }) =>
      textElement('uws:result', '', {
        id,
        'xlink:type': 'simple',
        'xlink:href': href,
        'mime-type': mimeType,
        size: String(size),
      }),
    ),
  );
}

function errorElement({ type, hasDetail, message }: NonNullable<JobDocument['errorSummary']>): string {
  return element('uws:errorSummary', { type, hasDetail: String(hasDetail) }, [
    textElement('uws:message', message),
  ]);
}

function notificationElement({ state, reason }: NotificationDocument): string {
  return element('uws:jobInfo', {}, [
    textElement('notification', reason ?? '', { xmlns: OWN_NAMESPACE, state }),
  ]);
}

function nillable(name: string, text: string | null): string {
  return text === null ? textElement(name, '', { 'xsi:nil': 'true' }) : textElement(name, text);
}
