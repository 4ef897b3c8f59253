package io.agnes.keboola;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
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
                new ExportFilter(
                        List.of("id", "status"),
                        List.of(new ExportFilter.Where("status", "eq", List.of("open", "7"), Optional.empty())),
                        Optional.of("-2 days"),
                        Optional.empty(),
                        OptionalLong.of(10)),
                filter);
    }

    @ParameterizedTest
    @CsvSource({"where_filters,whereFilters", "column,columns", "changed_since,changedSince", "limits,limit"})
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
                "{\"whereFilters\":[{\"column\":\"a\",\"operator\":\"in\",\"values\":[\"1\"]}]}",
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

    @Property(tries = 200)
    void whatIsWrittenIsReadBack(
            @ForAll @Size(max = 4) List<String> values, @ForAll @LongRange(min = 1) long limit, @ForAll String since) {
        List<String> some = values.isEmpty() ? List.of("x") : values;
        ExportFilter filter = new ExportFilter(
                List.of("a", "b"),
                List.of(new ExportFilter.Where("a", "ne", some, Optional.of("INTEGER"))),
                Optional.of(since),
                Optional.empty(),
                OptionalLong.of(limit));
        assertEquals(filter, ExportFilter.parse(filter.toJson()));
    }

    private static String refused(String json) {
        KeboolaException e = assertThrows(KeboolaException.class, () -> ExportFilter.parse(json));
        assertEquals("filter_invalid", e.code());
        return String.valueOf(e.getMessage());
    }
}
