// SPDX-License-Identifier: Apache-2.0
package io.agnes.testkit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Scripts faults from JSON: {@code {"on": "slice", "slice": 2, "fault": "cut_after", "bytes": 1000, "times": 1}}. */
final class RemoteFaults {
    /** Scripts the fault at a point, once all its fields have been read. */
    private interface Script extends Function<FaultPoint, Fault> {}

    /** The methods of {@link FaultPoint}: names are in snake case, parameters are fields of the same name. */
    private static final Map<String, Function<ControlFields, Script>> FAULTS = new TreeMap<>(Map.ofEntries(
            Map.entry("answer", RemoteFaults::answer),
            Map.entry("status", RemoteFaults::status),
            Map.entry("too_many_requests", fields -> retryLater(fields, FaultPoint::tooManyRequests)),
            Map.entry("maintenance", fields -> retryLater(fields, FaultPoint::maintenance)),
            Map.entry("status_after_doing", fields -> number(fields, "code", FaultPoint::statusAfterDoing)),
            Map.entry("expired", fields -> FaultPoint::expired),
            Map.entry("html", fields -> number(fields, "code", FaultPoint::html)),
            Map.entry("redirect", RemoteFaults::redirect),
            Map.entry("reset", fields -> FaultPoint::reset),
            Map.entry("cut_request_after", fields -> number(fields, "bytes", FaultPoint::cutRequestAfter)),
            Map.entry("cut_after", fields -> number(fields, "bytes", FaultPoint::cutAfter)),
            Map.entry("stall", fields -> FaultPoint::stall),
            Map.entry("stall_after", fields -> number(fields, "bytes", FaultPoint::stallAfter)),
            Map.entry("drip", fields -> number(fields, "bytes_per_second", FaultPoint::drip)),
            Map.entry("garbage", fields -> FaultPoint::garbage),
            Map.entry("empty_body", fields -> FaultPoint::emptyBody),
            Map.entry("truncated_json", fields -> FaultPoint::truncatedJson),
            Map.entry("shorter", fields -> number(fields, "bytes", FaultPoint::shorter)),
            Map.entry("longer", fields -> number(fields, "bytes", FaultPoint::longer)),
            Map.entry("flipped", fields -> number(fields, "at", FaultPoint::flipped)),
            Map.entry("unzipped", fields -> FaultPoint::unzipped),
            Map.entry("chunked", RemoteFaults::chunked),
            Map.entry("field", RemoteFaults::field),
            Map.entry("without", RemoteFaults::without),
            Map.entry("filters_ignored", fields -> FaultPoint::filtersIgnored),
            Map.entry("replace", RemoteFaults::replace),
            Map.entry("header", RemoteFaults::header),
            Map.entry("gzipped", fields -> FaultPoint::gzipped)));

    private RemoteFaults() {}

    /**
     * Scripts the fault.
     *
     * @throws ErrorResponseException 400 if a value or field is unknown or a field is missing; then nothing is scripted
     */
    static void script(Controlled fake, ControlFields fields) {
        Supplier<FaultPoint> point = point(fake, fields);
        Script script = known(FAULTS, "fault", fields.text("fault")).apply(fields);
        int times = times(fields);
        fields.requireAllRead();
        Fault fault = script.apply(point.get());
        if (times == 0) {
            fault.always();
        } else {
            fault.times(times);
        }
    }

    /** How often the fault happens; 0 for always. */
    private static int times(ControlFields fields) {
        if (!fields.has("times")) {
            return 1;
        }
        if ("always".equals(fields.any("times"))) {
            return 0;
        }
        int times = fields.integer("times");
        if (times < 1) {
            throw ControlFields.wrong("\"times\": expected \"always\" or a number from 1 on, got " + times);
        }
        return times;
    }

    private static Supplier<FaultPoint> point(Controlled fake, ControlFields fields) {
        String on = fields.text("on");
        if (on.equals("request")) {
            String method = fields.text("method");
            String path = fields.text("path");
            return () -> fake.on(method, path);
        }
        Supplier<FaultPoint> point = fake.point(on, fields);
        if (point == null) {
            throw ControlFields.wrong("\"on\" is \"" + on + "\", expected one of request, "
                    + String.join(", ", fake.points().keySet()));
        }
        return point;
    }

    private interface OnNumber {
        Fault fault(FaultPoint at, int number);
    }

    private static Script number(ControlFields fields, String name, OnNumber fault) {
        int number = fields.integer(name);
        return at -> fault.fault(at, number);
    }

    private interface OnDelay {
        Fault fault(FaultPoint at, @Nullable String retryAfter);
    }

    private static Script retryLater(ControlFields fields, OnDelay fault) {
        String retryAfter = fields.textOrNull("retry_after");
        return at -> fault.fault(at, retryAfter);
    }

    private static Script answer(ControlFields fields) {
        int status = fields.integer("status");
        Map<String, String> headers = fields.texts("headers");
        String body = fields.has("body") ? fields.text("body") : "";
        return at -> at.answer(status, headers, body);
    }

    private static Script status(ControlFields fields) {
        int code = fields.integer("code");
        String retryAfter = fields.textOrNull("retry_after");
        String body = fields.textOrNull("body");
        return at -> body == null ? at.status(code) : at.status(code, body, retryAfter);
    }

    private static Script redirect(ControlFields fields) {
        URI target = URI.create(fields.text("target"));
        return at -> at.redirect(target);
    }

    private static Script chunked(ControlFields fields) {
        Long length = fields.has("content_length") ? fields.number("content_length") : null;
        return at -> length == null ? at.chunked() : at.chunked(length);
    }

    private static Script field(ControlFields fields) {
        String name = fields.text("name");
        Object value = fields.any("value");
        return at -> at.field(name, value);
    }

    private static Script without(ControlFields fields) {
        String name = fields.text("name");
        return at -> at.without(name);
    }

    private static Script replace(ControlFields fields) {
        byte[] body = fields.text("body").getBytes(StandardCharsets.UTF_8);
        return at -> at.replace(body);
    }

    private static Script header(ControlFields fields) {
        String name = fields.text("name");
        String value = fields.text("value");
        return at -> at.header(name, value);
    }

    private static <T> T known(Map<String, T> words, String field, String word) {
        T found = words.get(word);
        if (found == null) {
            throw ControlFields.wrong(
                    "\"" + field + "\" is \"" + word + "\", expected one of " + String.join(", ", words.keySet()));
        }
        return found;
    }
}
