import type { AppDefinition } from '../../model/app.ts';
import { findApp, findGroup, type Group } from '../../model/group.ts';
import { nextVersion, notTimestamp, parseTimestamp } from '../../model/timestamp.ts';
import { changeApps } from '../../model/tree.ts';
import { under, type Violation } from '../../model/violation.ts';
import type { MarathonState } from '../state.ts';
import { type ApiRefusal, invalid } from './refusal.ts';
import { treeViolations } from './tree-rules.ts';

/**
 * A change of the tree in the making: what it leads to, as far as it can be made, and everything that is wrong with it, so
 * that one answer tells all.
 */
export class Draft {
  readonly state: MarathonState;
  /** The tree that is there. */
  readonly from: Group;
  /** Timestamp text of what changes. */
  readonly version: string;
  #root: Group;
  /** Apps that are not in the root yet: a tree that takes them one by one copies their group as often. */
  readonly #added = new Map<string, AppDefinition>();
  readonly #violations: Violation[] = [];
  #refused: ApiRefusal | undefined;
  #isMistaken = false;

  constructor(state: MarathonState, wallMs: number) {
    this.state = state;
    this.from = state.root;
    this.version = nextVersion(wallMs, state.root.version);
    this.#root = state.root;
  }

  /** The tree as it is to be. */
  get root(): Group {
    if (this.#added.size > 0) this.root = changeApps(this.#root, this.#added, this.version);
    return this.#root;
  }

  set root(root: Group) {
    this.#added.clear();
    this.#root = root;
  }

  /** The app as it is to be. */
  app(id: string): AppDefinition | undefined {
    return this.#added.get(id) ?? findApp(this.#root, id);
  }

  /** Adds or replaces an app, unless a group that was there has its id; `path` is where the app stands in the request. */
  put(app: AppDefinition, path: string): void {
    const { id } = app;
    if (findGroup(this.#root, id) === undefined) this.#added.set(id, app);
    else
      this.blame(path, [
        { path: '/id', error: `Groups and Applications may not have the same identifier. ${id} is a group` },
      ]);
  }

  /** True when the request itself breaks a rule, whatever is there. */
  get isMistaken(): boolean {
    return this.#isMistaken;
  }

  /** Rules that the part of the request at `path` breaks. */
  blame(path: string, violations: readonly Violation[]): void {
    this.#violations.push(...under(path, violations));
    this.#isMistaken ||= violations.length > 0;
  }

  /** Why what is there does not allow the change: an answer of its own when the request itself is right. */
  refuse(path: string, refusal: ApiRefusal): void {
    this.#violations.push({ path, error: refusal.message });
    this.#refused ??= refusal;
  }

  /** The canonical form of a timestamp in the request; undefined, and blamed, when it is none. */
  timestamp(text: string, path: string): string | undefined {
    const version = parseTimestamp(text);
    if (version === undefined) this.blame('', [{ path, error: notTimestamp(text) }]);
    return version;
  }

  /** Everything that is wrong, rules between the parts of the tree included. */
  violations(): Violation[] {
    return [...this.#violations, ...treeViolations(this.from, this.root, this.state.config)];
  }

  /** What the request is answered when it is not carried out. */
  refusal(): ApiRefusal | undefined {
    if (!this.#isMistaken && this.#refused !== undefined) return this.#refused;
    const violations = this.violations();
    return violations.length > 0 ? invalid(violations) : undefined;
  }
}
