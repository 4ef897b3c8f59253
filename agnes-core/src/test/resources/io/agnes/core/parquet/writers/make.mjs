// Writes the fixtures of this directory. See README.md.
import { parquetWriteFile } from 'hyparquet-writer'
import * as arrow from 'apache-arrow'
import * as wasm from 'parquet-wasm/node'
import { writeFileSync } from 'node:fs'

const rows = 600
const id = (part, i) => part * rows + i
const range = (part, f) => Array.from({ length: rows }, (ignored, i) => f(id(part, i)))
const maybe = (n, f) => (n % 5 === 0 ? null : f(n))

for (let part = 0; part < 3; part++) {
  parquetWriteFile({
    filename: `hyparquet-${part}.parquet`,
    rowGroupSize: 250,
    pageSize: 512,
    codec: 'SNAPPY',
    columnData: [
      { name: 'id', data: range(part, n => n), type: 'INT32', nullable: false, columnIndex: true },
      { name: 'name', data: range(part, n => maybe(n, m => `name ${m * 31 % 1009}`)), type: 'STRING', columnIndex: true, bloomFilter: true },
      { name: 'amount', data: range(part, n => maybe(n, m => m / 8)), type: 'DOUBLE' },
      { name: 'nothing', data: range(part, () => null), type: 'STRING' },
    ],
  })

  const table = new arrow.Table({
    id: arrow.vectorFromArray(range(part, n => n), new arrow.Int32()),
    name: arrow.vectorFromArray(range(part, n => maybe(n, m => `name ${m * 31 % 1009}`)), new arrow.Utf8()),
    amount: arrow.vectorFromArray(range(part, n => maybe(n, m => m / 8)), new arrow.Float64()),
    tags: arrow.vectorFromArray(
      range(part, n => maybe(n, m => Array.from({ length: m % 3 }, (ignored, i) => `t${i}`))),
      new arrow.List(new arrow.Field('item', new arrow.Utf8(), true))),
  })
  const properties = new wasm.WriterPropertiesBuilder()
    .setCompression(part === 1 ? wasm.Compression.SNAPPY : wasm.Compression.ZSTD)
    .setMaxRowGroupSize(250)
    .setDataPageSizeLimit(512)
    .setWriteBatchSize(50)
    .setWriterVersion(part === 2 ? wasm.WriterVersion.V2 : wasm.WriterVersion.V1)
    .setStatisticsEnabled(wasm.EnabledStatistics.Page)
    .build()
  const bytes = wasm.writeParquet(wasm.Table.fromIPCStream(arrow.tableToIPC(table, 'stream')), properties)
  writeFileSync(`arrow-rs-${part}.parquet`, bytes)
}
