import type { ShareNode, ShareTree } from './share-tree.ts';

const fractionBits = 2 ** 30;

/**
 * All active clients of a tree in random order, heavier ones rather earlier (`--role_sorter=random`): a client's part is
 * its weight among its active siblings, times that of the nodes above.
 */
export function randomOrder<Client>(tree: ShareTree<Client>, next: (bound: number) => number): Client[] {
  const keyed: { readonly client: Client; readonly key: number }[] = [];
  const visit = (node: ShareNode<Client>, part: number): void => {
    const children = node.children.filter(hasClients);
    const sum = children.reduce((weights, child) => weights + child.weight, 0);
    for (const child of children) {
      const childPart = (part * child.weight) / sum;
      if (child.client === undefined) visit(child, childPart);
      // Smallest of exponential variates with these rates: a weighted draw without putting back.
      else keyed.push({ client: child.client, key: -Math.log((next(fractionBits) + 1) / fractionBits) / childPart });
    }
  };
  visit(tree.root, 1);
  return keyed.sort((left, right) => left.key - right.key).map(({ client }) => client);
}

function hasClients<Client>(node: ShareNode<Client>): boolean {
  return node.client !== undefined || node.children.some(hasClients);
}
