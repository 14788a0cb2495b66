"""What `datasets` must know about the columns, in the metadata of the Parquet file."""

import json
from typing import Any

import pyarrow as pa

from dramatis.dataset.schema import IMAGE


def with_features(schema: pa.Schema) -> pa.Schema:
    """The schema with the metadata from which `datasets` takes its features: so `image` decodes to a picture.

    Columns of pictures may be null here, because `datasets` heeds the metadata only of columns that may.
    """
    features = {field.name: _feature(field.type) for field in schema}
    fields = [field.with_nullable(True) if field.type == IMAGE else field for field in schema]
    return pa.schema(fields).with_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if kind == IMAGE:
        return {"_type": "Image"}
    if pa.types.is_list(kind):
        return {"_type": "List", "feature": _feature(kind.value_type)}
    if pa.types.is_struct(kind):
        return {field.name: _feature(field.type) for field in kind}
    return {"_type": "Value", "dtype": {"float": "float32"}.get(str(kind), str(kind))}
