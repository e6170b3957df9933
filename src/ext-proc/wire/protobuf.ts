import type { HeaderValueOption } from '../generated/envoy/config/core/v3/HeaderValueOption.ts';
import type { Metadata__Output } from '../generated/envoy/config/core/v3/Metadata.ts';
import type {
  _envoy_extensions_filters_http_ext_proc_v3_ProcessingMode_BodySendMode__Output,
  ProcessingMode,
} from '../generated/envoy/extensions/filters/http/ext_proc/v3/ProcessingMode.ts';
import type { CommonResponse } from '../generated/envoy/service/ext_proc/v3/CommonResponse.ts';
import type { HeaderMutation } from '../generated/envoy/service/ext_proc/v3/HeaderMutation.ts';
import type { ProcessingRequest__Output } from '../generated/envoy/service/ext_proc/v3/ProcessingRequest.ts';
import type { ProcessingResponse } from '../generated/envoy/service/ext_proc/v3/ProcessingResponse.ts';
import type { Struct } from '../generated/google/protobuf/Struct.ts';
import type { Value, Value__Output } from '../generated/google/protobuf/Value.ts';

/** The protobuf messages, under the names that this project uses. */
export type {
  _envoy_extensions_filters_http_ext_proc_v3_ProcessingMode_BodySendMode__Output as BodyMode,
  CommonResponse,
  HeaderMutation,
  HeaderValueOption,
  ProcessingMode,
  ProcessingRequest__Output as ProcessingRequest,
  ProcessingResponse,
  Struct,
  Value,
  Value__Output as MetadataValue,
};

/** Structs by namespace. */
export type FilterMetadata = NonNullable<Metadata__Output['filter_metadata']>;
