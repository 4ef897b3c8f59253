// SPDX-License-Identifier: Apache-2.0
package io.agnes.keboola;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The expected type of a text column, computed with the JDK's numbers and dates and without regular expressions.
 *
 * @param type in DuckDB's words
 * @param read the value of a text in a column of this type
 */
record TextModel(String type, Function<String, Optional<?>> read) {
    static final TextModel BIGINT = new TextModel("BIGINT", text -> whole(text).filter(x -> x.bitLength() < Long.SIZE));
    static final TextModel WIDE =
            new TextModel("DECIMAL(38,0)", text -> whole(text).filter(x -> fits(new BigDecimal(x), 38, 0)));
    static final TextModel DOUBLE = new TextModel("DOUBLE", TextModel::floating);
    static final TextModel BOOLEAN = new TextModel("BOOLEAN", TextModel::truth);
    static final TextModel DATE = new TextModel("DATE", text -> date(text).filter(TextModel::common));
    static final TextModel TIMESTAMP =
            new TextModel("TIMESTAMP", text -> local(text).flatMap(TextModel::micros));
    static final TextModel TIMESTAMPTZ = new TextModel("TIMESTAMP WITH TIME ZONE", TextModel::zoned);

    private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "1");
    private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "0");
    private static final int MOST_DIGITS_OF_A_DOUBLE = 17;

    static TextModel decimal(int digits, int scale) {
        return new TextModel(
                "DECIMAL(" + digits + "," + scale + ")",
                text -> (scale == 0 ? whole(text).map(BigDecimal::new) : number(text, false))
                        .filter(x -> fits(x, digits, scale)));
    }

    /** The first candidate that can read all texts. */
    static Optional<TextModel> of(List<TextModel> candidates, List<String> texts) {
        return candidates.stream()
                .filter(model ->
                        texts.stream().allMatch(text -> model.read.apply(text).isPresent()))
                .findFirst();
    }

    private static boolean fits(BigDecimal x, int digits, int scale) {
        return x.stripTrailingZeros().scale() <= scale
                && x.abs().compareTo(BigDecimal.ONE.movePointRight(digits - scale)) < 0;
    }

    private static Optional<BigInteger> whole(String text) {
        String point = unsigned(text);
        return point.startsWith(".")
                ? Optional.empty()
                : number(text, false)
                        .filter(x -> x.stripTrailingZeros().scale() <= 0)
                        .map(BigDecimal::toBigIntegerExact);
    }

    private static String unsigned(String text) {
        return text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
    }

    private static boolean digits(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static Optional<BigDecimal> number(String text, boolean exponents) {
        int e = text.toLowerCase(Locale.ROOT).indexOf('e');
        String mantissa = unsigned(e < 0 ? text : text.substring(0, e));
        String exponent = e < 0 ? "0" : unsigned(text.substring(e + 1));
        int point = mantissa.indexOf('.');
        String whole = point < 0 ? mantissa : mantissa.substring(0, point);
        String fraction = point < 0 ? "" : mantissa.substring(point + 1);
        boolean good = (e < 0 || exponents)
                && digits(whole + fraction + exponent)
                && !(whole + fraction).isEmpty()
                && !(whole.length() > 1 && whole.startsWith("0"))
                && !exponent.isEmpty()
                && exponent.length() <= 3;
        return good ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }

    /** The double must print as the text if it is written with the same number of digits. */
    private static Optional<Double> floating(String text) {
        return number(text, true).filter(TextModel::survives).map(x -> Double.valueOf(text));
    }

    private static boolean survives(BigDecimal x) {
        double value = x.doubleValue();
        int digits = x.stripTrailingZeros().precision();
        if (x.signum() == 0 || Double.isInfinite(value) || Math.abs(value) < Double.MIN_NORMAL) {
            return x.signum() == 0;
        }
        MathContext as = new MathContext(digits, RoundingMode.HALF_EVEN);
        return digits <= MOST_DIGITS_OF_A_DOUBLE
                && new BigDecimal(value).round(as).compareTo(x) == 0;
    }

    private static Optional<Boolean> truth(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return TRUE.contains(lower) || FALSE.contains(lower) ? Optional.of(TRUE.contains(lower)) : Optional.empty();
    }

    private static boolean common(LocalDate day) {
        return day.getYear() >= 1 && day.getYear() <= 9999;
    }

    private static Optional<LocalDate> date(String text) {
        try {
            return text.length() == 10 ? Optional.of(LocalDate.parse(text)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Hours and minutes, with optional seconds and fraction. All digits of the fraction after the sixth are zeros. */
    private static Optional<LocalTime> time(String text) {
        String kept = text;
        while (kept.length() > "00:00:00.000000".length() && kept.endsWith("0")) {
            kept = kept.substring(0, kept.length() - 1);
        }
        boolean sized = kept.length() == 5 || kept.length() == 8 || (kept.length() >= 10 && kept.length() <= 15);
        try {
            return sized ? Optional.of(LocalTime.parse(kept)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<LocalDateTime> local(String text) {
        if (text.length() < 16 || (text.charAt(10) != ' ' && text.charAt(10) != 'T')) {
            return Optional.empty();
        }
        Optional<LocalTime> time = time(text.substring(11));
        return date(text.substring(0, 10)).flatMap(day -> time.map(day::atTime));
    }

    private static Optional<Long> micros(LocalDateTime time) {
        return common(time.toLocalDate())
                ? Optional.of(time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.getNano() / 1000)
                : Optional.empty();
    }

    private static Optional<Long> zoned(String text) {
        for (int at = Math.min(16, text.length()); at < text.length(); at++) {
            Optional<ZoneOffset> zone = zone(text.substring(at));
            if (zone.isPresent()) {
                return local(text.substring(0, at))
                        .flatMap(time -> micros(time.atOffset(zone.get())
                                .withOffsetSameInstant(ZoneOffset.UTC)
                                .toLocalDateTime()));
            }
        }
        return Optional.empty();
    }

    private static Optional<ZoneOffset> zone(String text) {
        if (text.equals(" UTC") || text.equals("Z")) {
            return Optional.of(ZoneOffset.UTC);
        }
        String offset = text.startsWith(" ") ? text.substring(1) : text;
        boolean shaped = List.of(3, 5, 6).contains(offset.length())
                && (offset.startsWith("+") || offset.startsWith("-"))
                && (offset.length() < 6 || offset.charAt(3) == ':');
        try {
            return shaped
                    ? Optional.of(ZoneOffset.of(offset)).filter(zone -> Math.abs(zone.getTotalSeconds()) < 16 * 3600)
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
