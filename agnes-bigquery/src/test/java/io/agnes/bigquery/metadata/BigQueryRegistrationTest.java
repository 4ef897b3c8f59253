// SPDX-License-Identifier: Apache-2.0
package io.agnes.bigquery.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.agnes.bigquery.BigQueryTable;
import io.agnes.core.TableId;
import io.agnes.core.sync.FieldProblem;
import io.agnes.core.sync.TableField;
import io.agnes.core.table.TableRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BigQueryRegistrationTest {
    private static TableRecord record(String bucket, String table) {
        return TableRecord.builder(new TableId("orders"), "bigquery")
                .bucket(bucket)
                .sourceTable(table)
                .registered("ada", Instant.EPOCH)
                .build();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            sales              |orders                         |my-project.sales.orders
            other-project.sales|orders                         |other-project.sales.orders
            other-project:sales|orders                         |other-project.sales.orders
            sales              |objednávky 2026                |my-project.sales.objednávky 2026
            ''                 |other-project.sales.orders     |other-project.sales.orders
            ''                 |`other-project.sales.orders`   |other-project.sales.orders
            ''                 |`other-project`.`sales`.`orders`|other-project.sales.orders
            ''                 |other-project:sales.orders     |other-project.sales.orders
            ''                 |[other-project:sales.orders]   |other-project.sales.orders
            ''                 |example.com:other-project.sales.orders|example.com:other-project.sales.orders
            ''                 |example.com:other-project:sales.orders|example.com:other-project.sales.orders
            sales              |other-project.sales.orders     |other-project.sales.orders
            other-project.sales|other-project.sales.orders     |other-project.sales.orders
            """)
    void aPlaceIsReadInEveryForm(String bucket, String table, String place) {
        TableRecord record = record(bucket, table);
        assertEquals(List.of(), BigQueryRegistration.problems(record));
        assertEquals(BigQueryTable.parse(place), BigQueryRegistration.table(record, "my-project"));
        assertEquals(
                BigQueryTable.parse(place),
                BigQueryRegistration.table(BigQueryRegistration.split(record), "my-project"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''         |''                        |BUCKET
            ''         |orders                    |BUCKET
            sales      |''                        |SOURCE_TABLE
            sales      |events_*                  |SOURCE_TABLE
            ''         |my-project.sales.events_* |SOURCE_TABLE
            sal*       |orders                    |BUCKET
            sales      |orders$20260507           |SOURCE_TABLE
            sales      |orders`; DROP TABLE x     |SOURCE_TABLE
            sales; --  |orders                    |BUCKET
            Project.sales|orders                  |BUCKET
            sales      |my-project.archive.orders |BUCKET
            """)
    void aWrongFieldIsNamed(String bucket, String table, TableField field) {
        TableRecord record = record(bucket, table);
        List<FieldProblem> problems = BigQueryRegistration.problems(record);
        assertEquals(1, problems.size(), problems::toString);
        assertEquals(field, problems.getFirst().field());
        assertEquals(Optional.empty(), BigQueryRegistration.table(record, "my-project"));
    }

    @Test
    void aWildcardIsExplained() {
        String reason = BigQueryRegistration.problems(record("sales", "events_*"))
                .getFirst()
                .reason();
        assertTrue(reason.startsWith("names several tables by a wildcard"), reason);
    }

    @Test
    void aPastedPathIsSplit() {
        TableRecord split = BigQueryRegistration.split(record("", "`other-project.sales.orders`"));
        assertEquals("other-project.sales", split.bucket());
        assertEquals("orders", split.sourceTable());
        TableRecord plain = record("sales", "orders");
        assertEquals(plain, BigQueryRegistration.split(plain));
    }

    @Test
    void aQueryNeedsNoPlace() {
        TableRecord query =
                record("", "").toBuilder().sourceQuery("SELECT 1 AS one").build();
        assertEquals(List.of(), BigQueryRegistration.problems(query));
    }
}
