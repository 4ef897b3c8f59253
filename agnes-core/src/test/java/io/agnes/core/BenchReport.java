// SPDX-License-Identifier: Apache-2.0
package io.agnes.core;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The result of a benchmark: {@code bench NAME: key=value key=value …}, and as JSON if requested. */
public final class BenchReport {
    private final String name;
    private final Map<String, Double> values = new LinkedHashMap<>();

    public BenchReport(String name) {
        this.name = name;
    }

    public BenchReport add(String key, double value) {
        values.put(key, value);
        return this;
    }

    /** @param json the file for the JSON, null for none */
    public void print(PrintStream out, Path json) throws IOException {
        out.println("bench " + name + ":" + joined("%s=%s", " "));
        if (json != null) {
            Files.writeString(json, "{\"bench\":\"" + name + "\"" + joined("\"%s\":%s", ",") + "}\n");
        }
    }

    private String joined(String pair, String before) {
        return values.entrySet().stream()
                .map(entry -> before
                        + String.format(
                                Locale.ROOT,
                                pair,
                                entry.getKey(),
                                String.format(Locale.ROOT, "%.4f", entry.getValue())))
                .collect(Collectors.joining());
    }

    /** The middle value; the higher one of two. */
    public static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
