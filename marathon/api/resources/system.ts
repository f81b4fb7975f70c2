import { ApiRefusal } from '../../core/api/refusal.ts';
import { type ApiBackend, type ApiRequest, type ApiResponse, methodNotAllowed, notFound, ok } from '../http.ts';
import { infoAnswer } from '../views/info-view.ts';
import { metricsJson, metricsOf, metricsText } from '../views/metrics-view.ts';

/** `/v2/info` */
export async function infoResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  onlyGet(request);
  return ok(await backend.read((state) => infoAnswer(state, backend.info())));
}

/** `/v2/leader` */
export async function leaderResource({ method, path, query }: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  if (path.length > 0) throw notFound();
  if (method === 'GET') return ok({ leader: backend.info().leader });
  if (method !== 'DELETE') throw methodNotAllowed('GET, DELETE');
  for (const name of ['backup', 'restore'])
    if (query.text(name) !== undefined) throw new ApiRefusal(422, `${name}: not supported yet`);
  backend.abdicate();
  return ok({ message: 'Leadership abdicated' });
}

/** `/v2/plugins`: there are none. */
export async function pluginsResource(request: ApiRequest): Promise<ApiResponse> {
  onlyGet(request);
  return ok({ plugins: [] });
}

/** Differs: refused also for HEAD, which upstream answers. `/v2/pods` and `/v2/pods::status`: clients probe it with HEAD to learn whether there are pods. */
export async function podsResource(): Promise<ApiResponse> {
  throw new ApiRefusal(422, 'pods: not supported yet');
}

/** `/ping` */
export async function pingResource(request: ApiRequest): Promise<ApiResponse> {
  onlyGet(request);
  const { accept } = request;
  const takesText = accept === '' || /text\/plain|text\/html|text\/\*|\*\/\*/.test(accept);
  if (takesText) return { status: 200, text: { type: 'text/plain', content: 'pong' } };
  return accept.includes('application/json') ? ok('pong') : { status: 204 };
}

/** `/metrics`, `/metrics/prometheus` */
export async function metricsResource(request: ApiRequest, backend: ApiBackend): Promise<ApiResponse> {
  const { method, path } = request;
  if (method !== 'GET') throw methodNotAllowed('GET');
  const isText = path.length === 1 && path[0] === 'prometheus';
  if (path.length > 0 && !isText) throw notFound();
  const metrics = await backend.read((state, now) => metricsOf(state, now, backend.counters));
  if (!isText) return ok(metricsJson(metrics));
  return { status: 200, text: { type: 'text/plain; version=0.0.4', content: metricsText(metrics) } };
}

function onlyGet({ method, path }: ApiRequest): void {
  if (path.length > 0) throw notFound();
  if (method !== 'GET') throw methodNotAllowed('GET');
}
