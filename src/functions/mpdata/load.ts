import { varsContext } from '../../evaluator/contexts.ts';
import { Reader } from '../../wire/msgpack.ts';
import { readValue } from '../../wire/vars.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'load', on: 'mpdata', args: [], change: 'never', run: (q, self) => readValue(new Reader(self.data), varsContext(q)) });
