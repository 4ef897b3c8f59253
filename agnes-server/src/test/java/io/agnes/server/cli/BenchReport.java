// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The result of a benchmark: {@code bench NAME: key=value key=value …}, and as JSON if requested. */
final class BenchReport {
    private final String name;
    private final Map<String, Double> values = new LinkedHashMap<>();

    BenchReport(String name) {
        this.name = name;
    }

    BenchReport add(String key, long value) {
        return add(key, (double) value);
    }

    BenchReport add(String key, double value) {
        values.put(key, value);
        return this;
    }

    /** The smallest value that this share of all values does not exceed; 0 for none. */
    static double percentile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    /** Whole numbers without a point, others with three decimals. */
    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : String.format(Locale.ROOT, "%.3f", value);
    }

    /** @param json the file for the JSON, null for none */
    void print(PrintWriter out, @Nullable Path json) throws IOException {
        StringBuilder line = new StringBuilder("bench " + name + ":");
        values.forEach((key, value) -> line.append(" " + key + "=" + plain(value)));
        out.println(line);
        out.flush();
        if (json != null) {
            JsonObjectBuilder object = Json.createObjectBuilder().add("bench", name);
            values.forEach(object::add);
            Files.writeString(json, object.build() + "\n");
        }
    }
}
