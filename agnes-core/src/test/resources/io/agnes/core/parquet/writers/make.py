"""Writes the arrow-cpp fixtures of this directory. See README.md."""
import datetime
import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 600
EPOCH = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def maybe(n, value):
    return None if n % 5 == 0 else value


for part in range(3):
    ids = range(part * ROWS, (part + 1) * ROWS)
    table = pa.table({
        "id": pa.array(ids, pa.int32()),
        "name": pa.array([maybe(n, f"name {n * 31 % 1009}") for n in ids], pa.string()),
        "at": pa.array([EPOCH + datetime.timedelta(seconds=n) for n in ids], pa.timestamp("us", tz="UTC")),
        "nested": pa.array([maybe(n, {"a": n, "b": [str(i) for i in range(n % 3)]}) for n in ids],
                           pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))])),
        "nothing": pa.array([None] * ROWS, pa.float64()),
    })
    pq.write_table(table, f"arrow-cpp-{part}.parquet", row_group_size=250, data_page_size=512, write_batch_size=50,
                   compression=["snappy", "zstd", "gzip"][part], data_page_version=["1.0", "2.0", "1.0"][part],
                   write_page_index=True, sorting_columns=[pq.SortingColumn(0)], store_schema=True)
