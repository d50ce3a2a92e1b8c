import { expect, it } from 'vitest';
import { reasonOf } from '../../../src/graph/ortFailure';

it.each([
  [
    '/onnxruntime_src/core/webgpu_context.cc:65 onnxruntime::f(const C&)::<lambda(S)> status == S::Ok was false. No adapters\n',
    'No adapters.',
  ],
  [
    "Non-zero status code returned while running Add node. Name:'Add_5' Status Message: /onnxruntime_src/a.h:563 void " +
      'Init(ptrdiff_t) axis == 1 was false. Attempting to broadcast 4 by 5\n',
    "Non-zero status code returned while running Add node. Name:'Add_5' Status Message: Attempting to broadcast 4 by 5.",
  ],
  ['indices element out of data bounds, idx=2', 'indices element out of data bounds, idx=2.'],
  ['/onnxruntime_src/a.cc:1 void f() x was false.', '/onnxruntime_src/a.cc:1 void f() x was false.'],
])('%#', (message, wanted) => {
  expect(reasonOf(new Error(message))).toBe(wanted);
});
