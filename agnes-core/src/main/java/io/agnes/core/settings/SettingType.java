// SPDX-License-Identifier: Apache-2.0
package io.agnes.core.settings;

import io.agnes.core.Secret;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The type of a setting's value, with its bounds.
 *
 * @param <T> type of the value in a program
 */
public sealed interface SettingType<T> {
    /**
     * Reads a value as a settings file has it.
     *
     * @throws IllegalArgumentException if it is no such value; the message continues the name of the setting, as in
     *     {@code is 0, must be a whole number from 1 to 64}, and shows no secret
     */
    T parse(String text);

    /** The value as a settings file has it. */
    String format(T value);

    /** Whether a value is within the bounds. */
    boolean accepts(T value);

    /** Which texts a settings file may have. Continues {@code must be}. */
    String expected();

    /** Which values a program may give. Continues {@code must be}. */
    default String bounds() {
        return expected();
    }

    /** Whether values must not be printed. */
    default boolean secret() {
        return false;
    }

    /** The unit at the end of the setting's key; empty if there is none. */
    default String keySuffix() {
        return "";
    }

    /** A whole number, both bounds included. */
    record WholeNumber(int min, int max) implements SettingType<Integer> {
        @Override
        public Integer parse(String text) {
            return Math.toIntExact(Texts.wholeNumber(text, min, max, expected()));
        }

        @Override
        public String format(Integer value) {
            return value.toString();
        }

        @Override
        public boolean accepts(Integer value) {
            return value >= min && value <= max;
        }

        @Override
        public String expected() {
            return "a whole number from " + min + " to " + max;
        }

        @Override
        public String bounds() {
            return min + " to " + max;
        }
    }

    /** A number of bytes. */
    record ByteCount(long min) implements SettingType<Long> {
        @Override
        public Long parse(String text) {
            return Texts.wholeNumber(text, min, Long.MAX_VALUE, expected());
        }

        @Override
        public String format(Long value) {
            return value.toString();
        }

        @Override
        public boolean accepts(Long value) {
            return value >= min;
        }

        @Override
        public String expected() {
            return "a whole number of bytes from " + min;
        }

        @Override
        public String bounds() {
            return "at least " + Texts.bytes(min);
        }
    }

    /**
     * A duration, in whole seconds where it is text.
     *
     * @param max at most {@link Integer#MAX_VALUE} seconds
     * @param orZero whether zero is allowed below the lower bound
     */
    record Seconds(Duration min, Duration max, boolean orZero) implements SettingType<Duration> {
        private static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);
        private static final Duration SHORTEST = Duration.ofNanos(1);

        /** Longer than nothing. */
        public static Seconds positive() {
            return new Seconds(SHORTEST, LONGEST, false);
        }

        /** At least this long. */
        public static Seconds from(Duration min) {
            return new Seconds(min, LONGEST, false);
        }

        /** Between these, both included. */
        public static Seconds between(Duration min, Duration max) {
            return new Seconds(min, max, false);
        }

        /** Zero, or between these, both included. */
        public static Seconds zeroOrBetween(Duration min, Duration max) {
            return new Seconds(min, max, true);
        }

        @Override
        public Duration parse(String text) {
            return orZero && text.equals("0")
                    ? Duration.ZERO
                    : Duration.ofSeconds(Texts.wholeNumber(text, minSeconds(), max.toSeconds(), expected()));
        }

        @Override
        public String format(Duration value) {
            return Long.toString(value.toSeconds());
        }

        @Override
        public boolean accepts(Duration value) {
            return (orZero && value.isZero()) || (value.compareTo(min) >= 0 && value.compareTo(max) <= 0);
        }

        @Override
        public String expected() {
            return (orZero ? "0 or " : "") + "a whole number from " + minSeconds() + " to " + max.toSeconds();
        }

        @Override
        public String bounds() {
            String lower = min.equals(SHORTEST) ? "positive" : Texts.duration(min);
            if (max.equals(LONGEST)) {
                return min.equals(SHORTEST) ? lower : lower + " or more";
            }
            return (orZero ? "0 s or " : "") + lower + " to " + Texts.duration(max);
        }

        @Override
        public String keySuffix() {
            return "-sec";
        }

        /** The lower bound in whole seconds, rounded up. */
        public long minSeconds() {
            return min.plusSeconds(1).minusNanos(1).toSeconds();
        }

        /** Whether there is an upper bound but for the largest number. */
        public boolean bounded() {
            return !max.equals(LONGEST);
        }
    }

    /** {@code true} or {@code false}. */
    record Flag() implements SettingType<Boolean> {
        @Override
        public Boolean parse(String text) {
            return switch (text) {
                case "true" -> true;
                case "false" -> false;
                default -> throw Texts.refused(text, expected());
            };
        }

        @Override
        public String format(Boolean value) {
            return value.toString();
        }

        @Override
        public boolean accepts(Boolean value) {
            return true;
        }

        @Override
        public String expected() {
            return "true or false";
        }
    }

    /** One of some words. */
    record Choice<E>(List<Word<E>> words) implements SettingType<E> {
        /** A word and what it stands for. */
        public record Word<E>(String text, E value) {}

        /** Copies the list. */
        public Choice {
            words = List.copyOf(words);
        }

        /** All constants of an enum. */
        public static <E extends Enum<E>> Choice<E> of(E[] values, Function<E, String> text) {
            return new Choice<>(Arrays.stream(values)
                    .map(value -> new Word<>(text.apply(value), value))
                    .toList());
        }

        @Override
        public E parse(String text) {
            return words.stream()
                    .filter(word -> word.text().equals(text))
                    .findFirst()
                    .orElseThrow(() -> Texts.refused(text, expected()))
                    .value();
        }

        @Override
        public String format(E value) {
            return words.stream()
                    .filter(word -> word.value().equals(value))
                    .findFirst()
                    .orElseThrow()
                    .text();
        }

        @Override
        public boolean accepts(E value) {
            return words.stream().anyMatch(word -> word.value().equals(value));
        }

        @Override
        public String expected() {
            List<String> texts = words.stream().map(Word::text).toList();
            return String.join(", ", texts.subList(0, texts.size() - 1)) + " or " + texts.getLast();
        }
    }

    /** Any text. */
    record Text() implements SettingType<String> {
        @Override
        public String parse(String text) {
            return text;
        }

        @Override
        public String format(String value) {
            return value;
        }

        @Override
        public boolean accepts(String value) {
            return true;
        }

        @Override
        public String expected() {
            return "text";
        }
    }

    /**
     * A text of a grammar, such as the name of something.
     *
     * @param pattern matches the whole text
     * @param expected the grammar for people; continues {@code must be}
     */
    record Name(Pattern pattern, String expected) implements SettingType<String> {
        @Override
        public String parse(String text) {
            if (!accepts(text)) {
                throw Texts.refused(text, expected);
            }
            return text;
        }

        @Override
        public String format(String value) {
            return value;
        }

        @Override
        public boolean accepts(String value) {
            return pattern.matcher(value).matches();
        }
    }

    /** Several different texts, with commas between them. */
    record Words(int maxWords, int maxLength) implements SettingType<List<String>> {
        @Override
        public List<String> parse(String text) {
            List<String> words = Stream.of(text.split(",", -1))
                    .map(String::strip)
                    .filter(word -> !word.isEmpty())
                    .distinct()
                    .toList();
            if (!accepts(words)) {
                throw new IllegalArgumentException("must be " + expected());
            }
            return words;
        }

        @Override
        public String format(List<String> value) {
            return String.join(",", value);
        }

        @Override
        public boolean accepts(List<String> value) {
            return value.size() <= maxWords
                    && Set.copyOf(value).size() == value.size()
                    && value.stream().allMatch(this::isWord);
        }

        private boolean isWord(String word) {
            return !word.isEmpty() && word.length() <= maxLength && word.chars().noneMatch(Character::isISOControl);
        }

        @Override
        public String expected() {
            return "at most " + maxWords + " texts of at most " + maxLength + " characters, with commas between them";
        }

        @Override
        public String bounds() {
            return "at most " + maxWords + " different texts of 1 to " + maxLength
                    + " characters, none of them a control character";
        }
    }

    /** A text that must not be printed. */
    record SecretText(int minLength) implements SettingType<Secret> {
        @Override
        public Secret parse(String text) {
            if (text.length() < minLength) {
                throw new IllegalArgumentException(
                        "has " + text.length() + " characters, at least " + minLength + " are needed");
            }
            return Secret.of(text);
        }

        @Override
        public String format(Secret value) {
            return value.toString();
        }

        @Override
        public boolean accepts(Secret value) {
            return value.reveal().length() >= minLength;
        }

        @Override
        public String expected() {
            return minLength > 1 ? minLength + " characters or more" : "text";
        }

        @Override
        public boolean secret() {
            return true;
        }
    }

    /**
     * The address of a service: {@code https}, or {@code http} to this machine, without user or query.
     *
     * @param example ends the sentence of what is expected; may be empty
     */
    record Address(String example) implements SettingType<URI> {
        private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

        @Override
        public URI parse(String text) {
            URI address;
            try {
                address = URI.create(text);
            } catch (IllegalArgumentException e) {
                // The message of the parser shows the text, which may hold a password.
                throw new IllegalArgumentException("must be " + expected());
            }
            if (!accepts(address)) {
                throw new IllegalArgumentException("must be " + expected());
            }
            return address;
        }

        @Override
        public String format(URI value) {
            return value.toString();
        }

        @Override
        public boolean accepts(URI value) {
            return accepts(value, value.getHost() != null && LOOPBACK.contains(value.getHost()));
        }

        /** The same, where plain HTTP may be allowed to other machines too. */
        public static boolean accepts(URI value, boolean plain) {
            return value.getHost() != null
                    && value.getRawQuery() == null
                    && value.getRawUserInfo() == null
                    && ("https".equals(value.getScheme()) || (plain && "http".equals(value.getScheme())));
        }

        @Override
        public String expected() {
            return (example.isEmpty() ? "an https address" : "an address like " + example)
                    + "; plain http is for this machine alone";
        }

        @Override
        public String bounds() {
            return "an https address without query or user";
        }
    }

    /** A file or directory. */
    record FilePath() implements SettingType<Path> {
        @Override
        public Path parse(String text) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException("is no path: " + e.getReason(), e);
            }
        }

        @Override
        public String format(Path value) {
            return value.toString();
        }

        @Override
        public boolean accepts(Path value) {
            return true;
        }

        @Override
        public String expected() {
            return "a path";
        }
    }

    /** A value that may be absent; empty text is absence. */
    record Maybe<T>(SettingType<T> type) implements SettingType<Optional<T>> {
        @Override
        public Optional<T> parse(String text) {
            return text.isEmpty() ? Optional.empty() : Optional.of(type.parse(text));
        }

        @Override
        public String format(Optional<T> value) {
            return value.map(type::format).orElse("");
        }

        @Override
        public boolean accepts(Optional<T> value) {
            return value.isEmpty() || type.accepts(value.get());
        }

        @Override
        public String expected() {
            return type.expected();
        }

        @Override
        public String bounds() {
            return type.bounds();
        }

        @Override
        public boolean secret() {
            return type.secret();
        }

        @Override
        public String keySuffix() {
            return type.keySuffix();
        }
    }
}
