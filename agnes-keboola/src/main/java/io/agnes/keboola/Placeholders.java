// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import io.agnes.core.Nearest;
import io.agnes.core.Problems;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Placeholders for days relative to today, such as {@code {{today}}}, in UTC. A month counts 30 days and a year 365, so that a window always
 * has the same width; only those that begin with {@code start_of} follow the calendar.
 */
final class Placeholders {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*([^{}]{0,64}?)\\s*\\}\\}");
    private static final Map<String, UnaryOperator<LocalDate>> KNOWN = known();

    private final LocalDate today;

    Placeholders(Instant now) {
        this.today = now.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private static Map<String, UnaryOperator<LocalDate>> known() {
        Map<String, UnaryOperator<LocalDate>> known = new LinkedHashMap<>();
        known.put("today", today -> today);
        known.put("yesterday", today -> today.minusDays(1));
        known.put("last_week", today -> today.minusDays(7));
        known.put("last_month", today -> today.minusDays(30));
        known.put("last_2_months", today -> today.minusDays(60));
        known.put("last_3_months", today -> today.minusDays(90));
        known.put("last_6_months", today -> today.minusDays(180));
        known.put("last_year", today -> today.minusDays(365));
        known.put("last_2_years", today -> today.minusDays(730));
        known.put("start_of_3_months_ago", today -> today.minusMonths(3).withDayOfMonth(1));
        return Collections.unmodifiableMap(known);
    }

    /** All placeholders, without braces. */
    static Set<String> names() {
        return KNOWN.keySet();
    }

    /** Reports unknown placeholders. Keboola would compare one as text, which matches no row. */
    static void check(String text, Problems problems) {
        String rest = PLACEHOLDER
                .matcher(text)
                .replaceAll(match -> KNOWN.containsKey(match.group(1)) ? "" : Matcher.quoteReplacement(match.group()));
        Matcher unknown = PLACEHOLDER.matcher(rest);
        while (unknown.find()) {
            problems.require(
                    false,
                    "unknown placeholder {{" + unknown.group(1) + "}}, nearest is {{"
                            + Nearest.to(unknown.group(1), KNOWN.keySet()) + "}}");
        }
        problems.require(
                !PLACEHOLDER.matcher(rest).replaceAll("").contains("{{"),
                "a placeholder that is opened with {{ must be closed with }}");
    }

    /** The text with each placeholder replaced by its day. */
    String resolve(String text) {
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            UnaryOperator<LocalDate> day = KNOWN.get(match.group(1));
            return day == null
                    ? Matcher.quoteReplacement(match.group())
                    : day.apply(today).toString();
        });
    }
}
