// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.table;

import io.agnes.core.CoreException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Parses schedules. */
final class ScheduleText {
    /** The longest text that is parsed, longer than any canonical text. */
    private static final int LONGEST = 512;

    /** The longest quote in a message. */
    private static final int LONGEST_QUOTE = 40;

    private static final int CRON_FIELDS = 5;
    private static final Pattern SPACES = Pattern.compile("[ \\t]+");
    private static final Pattern INTERVAL = Pattern.compile("([0-9]+)([mh])");
    private static final Pattern TIME = Pattern.compile("([01][0-9]|2[0-3]):([0-5][0-9])");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,6}");
    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private ScheduleText() {}

    static Schedule parse(String text) {
        if (text.length() > LONGEST) {
            throw CoreException.scheduleInvalid("at most " + LONGEST + " characters", Integer.toString(text.length()));
        }
        List<String> words = SPACES.splitAsStream(text.toLowerCase(Locale.ROOT))
                .filter(word -> !word.isEmpty())
                .toList();
        String first = words.isEmpty() ? "" : words.getFirst();
        List<String> rest = words.subList(Math.min(1, words.size()), words.size());
        return switch (first) {
            case "every" -> every(String.join(" ", rest));
            case "daily" -> daily(String.join(" ", rest));
            case "cron" -> cron(rest);
            case "0" -> always(rest);
            default -> throw unknown(words);
        };
    }

    private static CoreException unknown(List<String> words) {
        return CoreException.scheduleInvalid(
                "\"every 15m\", \"every 2h\", \"0\", \"daily 07:30,19:30\" or \"cron 0 5 * * mon-fri\"",
                quoted(String.join(" ", words)));
    }

    private static Schedule always(List<String> rest) {
        if (!rest.isEmpty()) {
            throw CoreException.scheduleInvalid("nothing after 0", quoted(String.join(" ", rest)));
        }
        return Always.INSTANCE;
    }

    private static Schedule every(String text) {
        Matcher matcher = INTERVAL.matcher(text);
        if (!matcher.matches()) {
            throw CoreException.scheduleInvalid("an interval such as 15m or 2h", quoted(text));
        }
        // A number with too many digits is -1, which is out of bounds too.
        int count = number(matcher.group(1));
        Duration interval = matcher.group(2).equals("m") ? Duration.ofMinutes(count) : Duration.ofHours(count);
        if (!interval.isPositive() || interval.compareTo(Every.LONGEST) > 0) {
            throw CoreException.scheduleInvalid("an interval of 1m to " + Every.LONGEST.toHours() + "h", quoted(text));
        }
        return new Every(interval);
    }

    private static Schedule daily(String text) {
        BitSet minutes = new BitSet();
        for (String time : text.split(", ?", -1)) {
            Matcher matcher = TIME.matcher(time);
            if (!matcher.matches()) {
                throw CoreException.scheduleInvalid("a time of day from 00:00 to 23:59", quoted(time));
            }
            minutes.set(number(matcher.group(1)) * 60 + number(matcher.group(2)));
        }
        String times = minutes.stream()
                .mapToObj(minute -> "%02d:%02d".formatted(minute / 60, minute % 60))
                .collect(Collectors.joining(","));
        return new Slots("daily " + times, minutes, date -> true);
    }

    private static Schedule cron(List<String> words) {
        if (words.size() != CRON_FIELDS) {
            throw CoreException.scheduleInvalid(
                    CRON_FIELDS + " fields: minute, hour, day of month, month, day of week",
                    Integer.toString(words.size()));
        }
        CronField.Kind[] kinds = CronField.Kind.values();
        CronField[] fields = new CronField[CRON_FIELDS];
        Arrays.setAll(fields, i -> CronField.parse(kinds[i], words.get(i)));
        String text = Stream.of(fields).map(CronField::text).collect(Collectors.joining(" ", "cron ", ""));
        Slots slots = new Slots(text, minutes(fields[1], fields[0]), new CronDays(fields[2], fields[3], fields[4]));
        if (!slots.everFalls()) {
            throw CoreException.scheduleInvalid(
                    "a day that some month has",
                    "days of month " + fields[2].text() + " in months " + fields[3].text());
        }
        return slots;
    }

    private static BitSet minutes(CronField hours, CronField minutes) {
        BitSet all = new BitSet();
        hours.values().stream()
                .forEach(hour -> minutes.values().stream().forEach(minute -> all.set(hour * 60 + minute)));
        return all;
    }

    /** The number of at most six digits, or -1. */
    static int number(String text) {
        return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
    }

    /** A quote for messages, short and printable. */
    static String quoted(String found) {
        String shown = found.length() > LONGEST_QUOTE ? found.substring(0, LONGEST_QUOTE) + "..." : found;
        return "\"" + UNPRINTABLE.matcher(shown).replaceAll("?") + "\"";
    }
}
