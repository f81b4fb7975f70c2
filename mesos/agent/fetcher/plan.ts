import type { FetchUri } from '../containerizer/containerizer.ts';

/** What the agent hands the fetcher's process, in its environment. */
export interface FetchPlan {
  readonly sandbox: string;
  /** The user whose rights are taken on before anything is read. */
  readonly user?: string | undefined;
  readonly frameworksHome?: string | undefined;
  /** A download that gets no byte for so long fails. */
  readonly stallTimeoutMs: number;
  /** A download that is larger fails. */
  readonly bytesMax: number;
  readonly items: readonly FetchItem[];
}

export interface FetchItem {
  readonly uri: FetchUri;
  /** Path in the cache: downloaded to if absent, then used. */
  readonly cachePath?: string | undefined;
}

/** The variable that carries the plan. */
export const PLAN_VARIABLE = 'MESETA_FETCH_PLAN';
