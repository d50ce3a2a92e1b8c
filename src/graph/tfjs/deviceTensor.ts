import { DeviceError, type DeviceTensor } from '../runtime';
import type { DType, TensorData } from '../types';
import { download, type NativeTensor, type TensorFlow } from './library';

/** A tensor that TensorFlow.js keeps, on whatever its backend works with. */
export class TfjsDeviceTensor implements DeviceTensor {
  readonly location = 'device';
  readonly dims: readonly number[];
  private disposed = false;

  constructor(
    /** The library that has it: another one cannot read it. */
    readonly owner: TensorFlow,
    private readonly tensor: NativeTensor,
    readonly dtype: DType,
  ) {
    this.dims = tensor.shape;
  }

  /** @throws {DeviceError} where it is disposed of */
  native(): NativeTensor {
    if (this.disposed) throw new DeviceError('The tensor is disposed of.');
    return this.tensor;
  }

  async download(): Promise<TensorData> {
    return download(this.native(), this.dtype);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.tensor.dispose();
  }
}
