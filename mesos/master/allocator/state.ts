import type { Allocator } from './allocator.ts';

/** The allocator as the master's state holds it. */
export type AllocatorState = Allocator;
