import type { InjectionKey } from 'vue';
import type { Runner } from '../../runner/runner.ts';

/** The database that the examples of a page share. */
export const PAGE_DATABASE: InjectionKey<Runner> = Symbol('database of the page');
