import DefaultTheme from 'vitepress/theme';
import type { Theme } from 'vitepress';
import { Runner } from '../../runner/runner.ts';
import Example from './Example.vue';
import Layout from './Layout.vue';
import Playground from './Playground.vue';
import { PAGE_DATABASE } from './page-database.ts';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout,
  enhanceApp({ app, router }) {
    const runner = new Runner('examples');
    app.component('Example', Example);
    app.component('Playground', Playground);
    app.provide(PAGE_DATABASE, runner);
    // Each page has a database of its own.
    router.onAfterRouteChange = () => runner.reset();
  },
} satisfies Theme;
