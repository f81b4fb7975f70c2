import type { Resources } from '../../../sdk/v1/resources.ts';

/** Name of the node that stands for a client whose path is also above other paths. */
const ownName = '.';

/** Scalars of the whole cluster; every sorter compares with the same. */
export class ClusterTotals {
  readonly amounts = new Map<string, number>();
  /** Grows with every change, so that sorters notice. */
  version = 0;

  add(resources: Resources): void {
    this.#change(resources, 1);
  }

  subtract(resources: Resources): void {
    this.#change(resources, -1);
  }

  #change(resources: Resources, sign: number): void {
    addQuantities(this.amounts, resources, sign);
    this.version++;
  }
}

/** Adds (sign 1) or takes away (sign -1) the scalars of `resources`; in thousandths. */
export function addQuantities(sums: Map<string, number>, resources: Resources, sign: number): void {
  for (const { meta, value, copies } of resources.entries) {
    if (value.type !== 'SCALAR') continue;
    const times = meta.shared ? 1 : copies;
    const sum = (sums.get(meta.name) ?? 0) + sign * times * value.thousandths;
    if (sum === 0) sums.delete(meta.name);
    else sums.set(meta.name, sum);
  }
}

/** One path of the tree. Only leaves have clients. */
export interface ShareNode<Client> {
  readonly path: string;
  readonly name: string;
  readonly parent: ShareNode<Client> | undefined;
  readonly client: Client | undefined;
  /** Active leaves and inner nodes; with a DRF sorter in the order of their shares. Replaced, never changed in place. */
  children: readonly ShareNode<Client>[];
  /** Leaves that get no offers. */
  readonly inactive: Set<ShareNode<Client>>;
  readonly charged: Map<string, number>;
  /** How often it was charged. */
  count: number;
  weight: number;
  share: number;
}

/** Settings that all trees of an allocator share. */
export interface ShareOptions {
  readonly cluster: ClusterTotals;
  readonly excludedFromShare: ReadonlySet<string>;
}

/**
 * Clients (roles by their path, or frameworks) with what is charged to each, kept in the order of dominant resource
 * fairness: the smallest share of its most used resource, over its weight, comes first; then who was charged less often; then
 * by name. On the way down a tree every level is ordered by itself, so `a/b` competes within `a`.
 *
 * Charging moves one node per level; a change of the cluster's total or of a weight sorts anew, once, when next asked.
 */
export class ShareTree<Client> {
  readonly root: ShareNode<Client>;
  readonly #options: ShareOptions;
  readonly #leaves = new Map<string, ShareNode<Client>>();
  readonly #weights = new Map<string, number>();
  #sortedVersion = -1;

  constructor(options: ShareOptions) {
    this.#options = options;
    this.root = newNode<Client>('', '', undefined, undefined, 1);
  }

  has(path: string): boolean {
    return this.#leaves.has(path);
  }

  /** Adds an inactive client. Its place in the tree is given by `components`, a role's parts for example. */
  add(path: string, components: readonly string[], client: Client): void {
    let node = this.root;
    for (const [depth, name] of components.entries()) {
      const isLeaf = depth === components.length - 1;
      node = isLeaf ? this.#newLeaf(node, name, client) : this.#innerNode(node, name);
    }
    this.#leaves.set(path, node);
  }

  /** Adds a role: a leaf below the node of its path, so that roles below it find their place beside it. */
  addRole(role: string, client: Client): void {
    this.add(role, [...role.split('/'), ownName], client);
  }

  remove(path: string): void {
    const leaf = this.#leaves.get(path);
    if (leaf === undefined) return;
    this.#leaves.delete(path);
    for (let node = leaf.parent; node !== undefined; node = node.parent) {
      for (const [name, amount] of leaf.charged) node.charged.set(name, (node.charged.get(name) ?? 0) - amount);
    }
    for (let node: ShareNode<Client> = leaf; node.parent !== undefined; node = node.parent) {
      if (node !== leaf && (node.children.length > 0 || node.inactive.size > 0)) break;
      node.parent.inactive.delete(node);
      node.parent.children = node.parent.children.filter((child) => child !== node);
    }
    this.#sortedVersion = -1;
  }

  setActive(path: string, active: boolean): void {
    const leaf = this.#leaves.get(path);
    const parent = leaf?.parent;
    if (leaf === undefined || parent === undefined || parent.inactive.has(leaf) !== active) return;
    if (active) {
      parent.inactive.delete(leaf);
      parent.children = [...parent.children, leaf];
      this.#sortedVersion = -1;
    } else {
      parent.inactive.add(leaf);
      parent.children = parent.children.filter((child) => child !== leaf);
    }
  }

  setWeight(path: string, weight: number): void {
    if (weight === 1) this.#weights.delete(path);
    else this.#weights.set(path, weight);
    for (const node of this.#nodes()) if (node.path === path) node.weight = weight;
    this.#sortedVersion = -1;
  }

  /** Charges (sign 1) or frees (sign -1) scalars; only charging counts for the tie. */
  charge(path: string, resources: Resources, sign: 1 | -1): void {
    const sorted = this.#sortedVersion === this.#options.cluster.version;
    for (let node = this.#leaves.get(path); node !== undefined; node = node.parent) {
      const parent = node.parent;
      const at = sorted && parent !== undefined && !parent.inactive.has(node) ? parent.children.indexOf(node) : -1;
      addQuantities(node.charged, resources, sign);
      if (sign === 1) node.count++;
      node.share = this.#shareOf(node);
      if (at !== -1 && parent !== undefined) parent.children = moved(parent.children, at);
    }
  }

  /** Clients in the order in which they are to be served. Charging meanwhile does not disturb the walk. */
  *order(): Generator<Client, void, void> {
    this.#sort();
    yield* walk(this.root);
  }

  /** Dominant share over weight of a client, 0 for an unknown one. */
  share(path: string): number {
    this.#sort();
    return this.#leaves.get(path)?.share ?? 0;
  }

  #innerNode(parent: ShareNode<Client>, name: string): ShareNode<Client> {
    const known = parent.children.find((child) => child.name === name && child.client === undefined);
    if (known !== undefined) return known;
    const path = parent === this.root ? name : `${parent.path}/${name}`;
    const node = newNode(path, name, parent, undefined, this.#weights.get(path) ?? 1);
    parent.children = [...parent.children, node];
    this.#sortedVersion = -1;
    return node;
  }

  #newLeaf(parent: ShareNode<Client>, name: string, client: Client): ShareNode<Client> {
    const path = parent === this.root ? name : `${parent.path}/${name}`;
    const node = newNode(path, name, parent, client, 1);
    parent.inactive.add(node);
    return node;
  }

  #sort(): void {
    const { version } = this.#options.cluster;
    if (this.#sortedVersion === version) return;
    for (const node of this.#nodes()) {
      for (const child of node.children) child.share = this.#shareOf(child);
      for (const child of node.inactive) child.share = this.#shareOf(child);
      node.children = [...node.children].sort(compare);
    }
    this.#sortedVersion = version;
  }

  #shareOf(node: ShareNode<Client>): number {
    let share = 0;
    for (const [name, amount] of node.charged) {
      if (this.#options.excludedFromShare.has(name)) continue;
      const total = this.#options.cluster.amounts.get(name) ?? 0;
      if (total > 0) share = Math.max(share, amount / total);
    }
    return share / node.weight;
  }

  *#nodes(node: ShareNode<Client> = this.root): Generator<ShareNode<Client>, void, void> {
    yield node;
    for (const child of node.children) yield* this.#nodes(child);
  }
}

function newNode<Client>(
  path: string,
  name: string,
  parent: ShareNode<Client> | undefined,
  client: Client | undefined,
  weight: number,
): ShareNode<Client> {
  return {
    path,
    name,
    parent,
    client,
    children: [],
    inactive: new Set(),
    charged: new Map(),
    count: 0,
    weight,
    share: 0,
  };
}

function* walk<Client>(node: ShareNode<Client>): Generator<Client, void, void> {
  for (const child of node.children) {
    if (child.client === undefined) yield* walk(child);
    else yield child.client;
  }
}

function compare<Client>(left: ShareNode<Client>, right: ShareNode<Client>): number {
  if (left.share !== right.share) return left.share - right.share;
  if (left.count !== right.count) return left.count - right.count;
  return left.path < right.path ? -1 : 1;
}

/** The same nodes, in order again after the one at `at` changed its share. */
function moved<Client>(children: readonly ShareNode<Client>[], at: number): readonly ShareNode<Client>[] {
  const node = children[at] as ShareNode<Client>;
  const before = children[at - 1];
  const after = children[at + 1];
  if ((before === undefined || compare(before, node) < 0) && (after === undefined || compare(node, after) < 0)) {
    return children;
  }
  const result = children.slice();
  result.splice(at, 1);
  let low = 0;
  let high = result.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(result[middle] as ShareNode<Client>, node) < 0) low = middle + 1;
    else high = middle;
  }
  result.splice(low, 0, node);
  return result;
}
