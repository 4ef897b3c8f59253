// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NotBlank;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExportFilterTest {
    @Test
    void theJsonFormUsesKeboolasWords() {
        ExportFilter filter = ExportFilter.parse("{\"columns\":[\"id\",\"status\"],"
                + "\"whereFilters\":[{\"column\":\"status\",\"values\":[\"open\",7]}],"
                + "\"changedSince\":\"-2 days\",\"limit\":10}");
        assertEquals(
                ExportFilter.ALL
                        .withColumns(List.of("id", "status"))
                        .where("status", "eq", "open", "7")
                        .withChangedSince("-2 days")
                        .withLimit(10),
                filter);
    }

    @ParameterizedTest
    @CsvSource({
        "where_filter,whereFilters",
        "filetype,fileType",
        "order,orderBy",
        "column,columns",
        "changed_sinc,changedSince",
        "limits,limit"
    })
    void anUnknownKeyIsNamedWithTheNearest(String key, String nearest) {
        String message = refused("{\"" + key + "\":1}");
        assertTrue(message.contains("\"" + key + "\"") && message.contains("\"" + nearest + "\""), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{\"limit\":0}",
                "{\"limit\":1.5}",
                "{\"limit\":123456789012345678901234567890}",
                "{\"columns\":\"id\"}",
                "{\"columns\":[null]}",
                "{\"columns\":[\"a,b\"]}",
                "{\"columns\":[\"a\",\"a\"]}",
                "{\"whereFilters\":[1]}",
                "{\"whereFilters\":[{\"column\":\"a\",\"operator\":\"like\",\"values\":[\"1\"]}]}",
                "{\"whereFilters\":[{\"column\":\"a\",\"values\":[\"1\"],\"type\":\"DATE\"}]}",
                "{\"whereFilters\":[{\"column\":\"a\",\"values\":[\"1\"],\"dataType\":\"TEXT\"}]}",
                "{\"whereFilters\":[{\"column\":\"a\",\"values\":[\"1\"],\"dataType\":\"REAL\",\"type\":\"TIME_STRING\"}]}",
                "{\"whereFilters\":[{\"column\":\"a\",\"values\":[\"1\"],\"or\":[]}]}",
                "{\"orderBy\":[\"id\"]}",
                "{\"orderBy\":[{\"column\":\"id\",\"order\":\"UP\"}]}",
                "{\"orderBy\":[{\"order\":\"ASC\"}]}",
                "{\"fileType\":\"json\"}",
                "{\"fileType\":\"csv\",\"file_type\":\"csv\"}",
                "{\"timezone\":\"UTC\",\"fileType\":\"parquet\"}",
                "{\"includeInternalTimestamp\":1}",
                "{\"sourceBranchId\":null}",
                "{\"fulltextSearch\":\"x\",\"whereFilters\":[{\"column\":\"a\",\"values\":[\"1\"]}]}",
                "{\"gzip\":false}",
                "{\"format\":\"json\"}",
                "{\"days\":1,\"changedSince\":\"1\"}",
                "{\"whereValues\":[\"1\"]}",
                "{\"changedSince\":\"{{lasst_week}}\"}",
                "{\"changedSince\":\"{{today\"}",
                "{\"whereFilters\":[{\"column\":\"a\",\"operator\":\"gt\",\"values\":[\"1\",\"2\"]}]}",
                "{\"whereFilters\":[{\"column\":\"a\",\"values\":[]}]}",
                "{\"whereFilters\":[{\"values\":[\"1\"]}]}"
            })
    void whatNoBackendUnderstandsIsRefused(String json) {
        refused(json);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        String message = refused("{\"limit\":0,\"columns\":[\"\"]}");
        assertTrue(message.contains("limit") && message.contains("column"), message);
    }

    @Test
    void everyUnknownKeyIsNamed() {
        String message = refused("{\"colums\":[],\"limitt\":1}");
        assertTrue(message.contains("\"columns\"") && message.contains("\"limit\""), message);
    }

    @Test
    void keysMayHaveUnderscores() {
        assertEquals(
                ExportFilter.parse("{\"whereFilters\":[{\"column\":\"a\",\"values\":[\"1\"],\"dataType\":\"INTEGER\"}],"
                        + "\"changedSince\":\"1\",\"changedUntil\":\"2\",\"fileType\":\"csv\","
                        + "\"orderBy\":[{\"column\":\"a\",\"dataType\":\"INTEGER\"}],"
                        + "\"includeInternalTimestamp\":true,\"sourceBranchId\":7}"),
                ExportFilter.parse(
                        "{\"where_filters\":[{\"column\":\"a\",\"values\":[\"1\"],\"data_type\":\"INTEGER\"}],"
                                + "\"changed_since\":\"1\",\"changed_until\":\"2\",\"file_type\":\"csv\","
                                + "\"order_by\":[{\"column\":\"a\",\"data_type\":\"INTEGER\"}],"
                                + "\"include_internal_timestamp\":true,\"source_branch_id\":\"7\"}"));
    }

    @Test
    void whatIsDeprecatedMeansTheSame() {
        assertEquals(
                ExportFilter.ALL.where("a", "ne", "1").withChangedSince("-3 days"),
                ExportFilter.parse("{\"whereColumn\":\"a\",\"whereOperator\":\"ne\",\"whereValues\":[1],\"days\":3,"
                        + "\"gzip\":true,\"format\":\"rfc\"}"));
    }

    @ParameterizedTest
    @CsvSource({"in,eq", "notIn,ne", "not_in,ne"})
    void operatorsOfOthersBecomeKeboolas(String theirs, String keboolas) {
        assertEquals(ExportFilter.ALL.where("a", keboolas, "1", "2"), ExportFilter.ALL.where("a", theirs, "1", "2"));
        assertTrue(ExportFilter.ALL.where("a", theirs, "1").toJson().contains("\"operator\":\"" + keboolas + "\""));
    }

    @ParameterizedTest
    @CsvSource({
        "today,2026-05-07",
        "yesterday,2026-05-06",
        "last_week,2026-04-30",
        "last_month,2026-04-07",
        "last_2_months,2026-03-08",
        "last_3_months,2026-02-06",
        "last_6_months,2025-11-08",
        "last_year,2025-05-07",
        "last_2_years,2024-05-07",
        "start_of_3_months_ago,2026-02-01"
    })
    void daysThatMoveAreThoseOfUtc(String name, String day) {
        Instant lateInTheDay = Instant.parse("2026-05-07T23:59:59Z");
        ExportFilter filter = ExportFilter.ALL
                .where("day", "ge", "{{" + name + "}}")
                .where("text", "eq", "a", "from {{ " + name + " }} on")
                .withChangedSince("{{" + name + "}}")
                .withChangedUntil("{{" + name + "}} 12:00");
        assertEquals(
                ExportFilter.ALL
                        .where("day", "ge", day)
                        .where("text", "eq", "a", "from " + day + " on")
                        .withChangedSince(day)
                        .withChangedUntil(day + " 12:00"),
                filter.resolved(lateInTheDay));
    }

    @Test
    void theStartOfAMonthGoesBackOverTheYear() {
        ExportFilter filter = ExportFilter.ALL.withChangedSince("{{start_of_3_months_ago}}");
        assertEquals(
                ExportFilter.ALL.withChangedSince("2025-11-01"),
                filter.resolved(Instant.parse("2026-02-28T00:00:00Z")));
    }

    @Test
    void anUnknownDayIsReportedWithTheNearest() {
        String message = refused("{\"whereFilters\":[{\"column\":\"a\",\"values\":[\"{{lasst_week}}\"]}]}");
        assertTrue(message.contains("{{lasst_week}}") && message.contains("{{last_week}}"), message);
    }

    @Test
    void theReadmeHasEveryDayThatMoves() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        for (String name : Placeholders.names()) {
            assertTrue(readme.contains("`{{" + name + "}}`"), name);
        }
    }

    @Test
    void theReadmeHasEveryKey() throws Exception {
        String readme = Files.readString(Path.of("README.md"));
        for (RecordComponent component : ExportFilter.class.getRecordComponents()) {
            assertTrue(readme.contains("`" + component.getName() + "`"), component.getName());
        }
    }

    @Property(tries = 200)
    void whatIsWrittenIsReadBack(
            @ForAll @Size(max = 4) List<@NumericChars String> values,
            @ForAll @LongRange(min = 1) long limit,
            @ForAll @NotBlank @AlphaChars String since) {
        List<String> some = values.isEmpty() ? List.of("x") : values;
        ExportFilter filter = new ExportFilter(
                List.of("a", "b"),
                List.of(
                        new ExportFilter.Where("a", "ne", some, Optional.of("INTEGER"), Optional.of("SCALAR")),
                        new ExportFilter.Where("b", "ge", List.of("x"))),
                Optional.of(since),
                Optional.of("{{today}}"),
                OptionalLong.of(limit),
                List.of(new ExportFilter.Order("b", true, Optional.of("REAL")), new ExportFilter.Order("a", false)),
                Optional.of(ExportFileType.CSV),
                Optional.of("Europe/Prague"),
                true,
                Optional.of("77"),
                Optional.empty());
        assertEquals(filter, ExportFilter.parse(filter.toJson()));
    }

    private static String refused(String json) {
        KeboolaException e = assertThrows(KeboolaException.class, () -> ExportFilter.parse(json));
        assertEquals("filter_invalid", e.code());
        return String.valueOf(e.getMessage());
    }
}
