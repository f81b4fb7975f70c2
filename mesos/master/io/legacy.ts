import { answerEmpty, answerMethod, answerRedirect, answerText } from '../../../sdk/daemon/http-answer.ts';
import type { FullRequest } from './calls.ts';
import type { OperatorTarget } from './operator.ts';
import { onViewRequest } from './views.ts';

/** What the endpoints outside the v1 API need. */
export interface LegacyTarget extends OperatorTarget {
  /** `//host:port` of the leader. */
  readonly leaderLocation: () => string;
}

/** Endpoints of before the v1 API, the page and metrics; reads answer any method, as upstream. */
export async function onLegacyRequest(
  target: LegacyTarget,
  full: FullRequest,
  path: string,
  query: URLSearchParams,
): Promise<void> {
  switch (path) {
    case '/health':
      answerEmpty(full.response, 200);
      return;
    case '/redirect':
      answerRedirect(full.response, target.leaderLocation());
      return;
    case '/teardown':
      teardown(target, full);
      return;
    default:
      if (await onViewRequest(target, full, path, query)) return;
      answerText(full.response, 404, '404 Not Found.');
  }
}

function teardown(target: LegacyTarget, { request, response, body }: FullRequest): void {
  if (request.method !== 'POST') {
    answerMethod(response, request.method ?? '');
    return;
  }
  const frameworkId = new URLSearchParams(Buffer.from(body).toString('utf8')).get('frameworkId');
  if (frameworkId === null) {
    answerText(response, 400, "Missing 'frameworkId' query parameter in the request body");
    return;
  }
  const requestId = target.exchange.keep(response, 'application/json');
  const posted = target.post({ kind: 'teardown.posted', requestId, principal: null, frameworkId });
  if (!posted) target.exchange.refuse(requestId);
}
