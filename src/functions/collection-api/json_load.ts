import { json as msg } from '../../errors/messages/json.ts';
import { operationErr, valueErr } from '../../errors/query-error.ts';
import { assertKeyAllowed } from '../../collection/mutate.ts';
import type { Query } from '../../evaluator/query.ts';
import { JSON_LEVELS, JsonProblem, readJson, type JsonHandler } from '../../values/json-text.ts';
import { setProperty } from '../../values/raw.ts';
import { emptyDictShape, emptyShape } from '../../values/shape.ts';
import { List, Thing, float, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'json_load', args: ['str'], change: 'never',
  run: (q, text) => {
    const loader = new Loader(q);
    try {
      readJson(text, loader);
    } catch (e) {
      throw e instanceof JsonProblem ? valueErr(e.why) : e;
    }
    return loader.result;
  },
});

/** Makes values of what is read: lists within lists are tuples, and things list their keys in byte order. */
class Loader implements JsonHandler {
  result: Value = null;
  private readonly q: Query;
  private readonly open: (List | Thing)[] = [];
  /** The key that each open thing is at. */
  private readonly keys: string[] = [];

  constructor(q: Query) {
    this.q = q;
  }

  nil(): void {
    this.put(null);
  }
  bool(value: boolean): void {
    this.put(value);
  }
  int(value: number | bigint): void {
    this.put(value);
  }
  float(value: number): void {
    this.put(float(value));
  }
  str(text: string): void {
    this.put(text);
  }
  array(): void {
    this.start(new List([], this.open[this.open.length - 1] instanceof List));
  }
  map(): void {
    this.start(new Thing(emptyShape()));
  }
  key(name: string): void {
    assertKeyAllowed(name);
    this.keys[this.open.length - 1] = name;
  }
  end(): void {
    this.open.pop();
  }

  private start(value: List | Thing): void {
    if (this.open.length >= JSON_LEVELS) throw operationErr(msg.tooDeep);
    this.put(value);
    this.open.push(value);
  }

  private put(value: Value): void {
    this.q.step();
    const top = this.open[this.open.length - 1];
    if (top === undefined) this.result = value;
    else if (top instanceof List) {
      top.items.push(value);
      this.q.assertLength(top.items.length);
    } else {
      if (top.count === 0) top.shape = emptyDictShape();
      setProperty(top, this.keys[this.open.length - 1]!, value);
    }
  }
}
