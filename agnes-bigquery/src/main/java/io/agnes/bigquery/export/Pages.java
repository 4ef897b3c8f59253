// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.export;

import com.google.cloud.bigquery.BigQuery.TableDataListOption;
import com.google.cloud.bigquery.FieldValueList;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.TableResult;
import io.agnes.bigquery.GoogleCloudException;
import io.agnes.bigquery.client.Operation;
import io.agnes.bigquery.client.Operation.Resource;
import io.agnes.bigquery.client.WriteClient;
import io.agnes.core.assembly.Conversion.Converted;
import io.agnes.core.duckdb.DuckDb;
import io.agnes.core.duckdb.DuckDbException;
import io.agnes.core.duckdb.Sql;
import io.agnes.core.duckdb.TextScan;
import io.agnes.core.duckdb.Workspace;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a small table in pages and writes it as Parquet with DuckDB, where no bucket is set.
 *
 * @param what the table, for messages
 * @param limitBytes characters of all rows at most
 * @param memoryLimitBytes of DuckDB
 */
record Pages(WriteClient client, String what, long limitBytes, long memoryLimitBytes) {
    /** BigQuery sends at most 10 MB in a page, whatever is asked for. */
    private static final long PAGE_ROWS = 10_000;
    /** Bytes of a character in UTF-8 at most, and the quotes of a cell. */
    private static final int BYTES_PER_CHARACTER = 3;

    /**
     * Reads all rows.
     *
     * @param scratch for the text of the rows; does not exist yet
     * @param target the Parquet file
     */
    Converted read(TableId table, List<SourceColumn> columns, Path scratch, Path target)
            throws IOException, InterruptedException {
        Cells cells;
        try (BufferedWriter out = Files.newBufferedWriter(scratch, StandardCharsets.UTF_8)) {
            cells = new Cells(columns, out);
            String next = null;
            do {
                TableResult page = page(table, next);
                for (FieldValueList row : page.getValues()) {
                    cells.row(row);
                    requireSmall(cells);
                }
                next = page.getNextPageToken();
            } while (next != null && !next.isEmpty());
        }
        return new Converted(written(cells, columns, scratch, target), notes(columns));
    }

    private TableResult page(TableId table, @Nullable String token) throws InterruptedException {
        List<TableDataListOption> options = new ArrayList<>(List.of(TableDataListOption.pageSize(PAGE_ROWS)));
        if (token != null) {
            options.add(TableDataListOption.pageToken(token));
        }
        return client.bigQuery(
                Operation.repeatable(Resource.TABLE, what, "bigquery.tables.getData"),
                bigQuery -> bigQuery.listTableData(table, options.toArray(TableDataListOption[]::new)));
    }

    private void requireSmall(Cells cells) {
        if (cells.characters() > limitBytes) {
            throw GoogleCloudException.stagingBucketNeeded(what, cells.characters(), limitBytes);
        }
    }

    private long written(Cells cells, List<SourceColumn> columns, Path scratch, Path target)
            throws IOException, InterruptedException {
        String relation = cells.rows() == 0 ? empty(columns) : scan(cells, columns, scratch);
        String query = "SELECT " + CellSql.items(columns) + " FROM " + relation;
        long rows;
        try {
            rows = DuckDb.run(
                    Workspace.of(target, List.of(scratch)),
                    memoryLimitBytes,
                    what,
                    database -> database.writeVerifiedParquet(query, target));
        } catch (DuckDbException e) {
            throw GoogleCloudException.conversionFailed(what, e.isLimit(), e.said(), e);
        }
        if (rows != cells.rows()) {
            throw GoogleCloudException.exportPartial(what, cells.rows(), rows, "rows of pages were lost");
        }
        return rows;
    }

    private static String scan(Cells cells, List<SourceColumn> columns, Path scratch) {
        return new TextScan(
                        List.of(scratch),
                        columns.stream().map(SourceColumn::name).toList(),
                        false,
                        false,
                        TextScan.LineEnd.LINE_FEED,
                        BYTES_PER_CHARACTER * cells.longestRow())
                .sql();
    }

    /** DuckDB refuses a file of text without a row. */
    private static String empty(List<SourceColumn> columns) {
        return columns.stream()
                .map(column -> "CAST('' AS VARCHAR) AS " + Sql.name(column.name()))
                .collect(Collectors.joining(", ", "(SELECT ", " WHERE false)"));
    }

    private static List<String> notes(List<SourceColumn> columns) {
        List<String> text = columns.stream()
                .filter(column -> CellSql.keepsText(column))
                .map(SourceColumn::name)
                .toList();
        return text.isEmpty()
                ? List.of()
                : List.of("read in pages, columns with BIGNUMERIC or GEOGRAPHY are text: " + String.join(", ", text));
    }
}
