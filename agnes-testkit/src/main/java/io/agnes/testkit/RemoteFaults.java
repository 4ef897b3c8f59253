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

    private static final Map<String, Function<FakeKeboola, FaultPoint>> POINTS = new TreeMap<>(Map.of(
            "export", FakeKeboola::onExport,
            "job_poll", FakeKeboola::onJobPoll,
            "file_detail", FakeKeboola::onFileDetail,
            "table", FakeKeboola::onTable,
            "tables", FakeKeboola::onTables,
            "token_verify", FakeKeboola::onTokenVerify,
            "manifest", FakeKeboola::onManifest));

    /** The methods of {@link FaultPoint}: names are in snake case, parameters are fields of the same name. */
    private static final Map<String, Function<ControlFields, Script>> FAULTS = new TreeMap<>(Map.ofEntries(
            Map.entry("answer", RemoteFaults::answer),
            Map.entry("status", RemoteFaults::status),
            Map.entry("too_many_requests", said -> retryLater(said, FaultPoint::tooManyRequests)),
            Map.entry("maintenance", said -> retryLater(said, FaultPoint::maintenance)),
            Map.entry("status_after_doing", said -> number(said, "code", FaultPoint::statusAfterDoing)),
            Map.entry("expired", said -> FaultPoint::expired),
            Map.entry("html", said -> number(said, "code", FaultPoint::html)),
            Map.entry("redirect", RemoteFaults::redirect),
            Map.entry("reset", said -> FaultPoint::reset),
            Map.entry("cut_after", said -> number(said, "bytes", FaultPoint::cutAfter)),
            Map.entry("stall", said -> FaultPoint::stall),
            Map.entry("stall_after", said -> number(said, "bytes", FaultPoint::stallAfter)),
            Map.entry("drip", said -> number(said, "bytes_per_second", FaultPoint::drip)),
            Map.entry("garbage", said -> FaultPoint::garbage),
            Map.entry("empty_body", said -> FaultPoint::emptyBody),
            Map.entry("truncated_json", said -> FaultPoint::truncatedJson),
            Map.entry("shorter", said -> number(said, "bytes", FaultPoint::shorter)),
            Map.entry("longer", said -> number(said, "bytes", FaultPoint::longer)),
            Map.entry("flipped", said -> number(said, "at", FaultPoint::flipped)),
            Map.entry("unzipped", said -> FaultPoint::unzipped),
            Map.entry("chunked", RemoteFaults::chunked),
            Map.entry("field", RemoteFaults::field),
            Map.entry("without", RemoteFaults::without),
            Map.entry("filters_ignored", said -> FaultPoint::filtersIgnored),
            Map.entry("replace", RemoteFaults::replace),
            Map.entry("header", RemoteFaults::header),
            Map.entry("gzipped", said -> FaultPoint::gzipped)));

    private RemoteFaults() {}

    /**
     * Scripts the fault.
     *
     * @throws ErrorResponseException 400 if a value or field is unknown or a field is missing; then nothing is scripted
     */
    static void script(FakeKeboola keboola, ControlFields said) {
        Supplier<FaultPoint> point = point(keboola, said);
        Script script = known(FAULTS, "fault", said.text("fault")).apply(said);
        int times = times(said);
        said.requireAllRead();
        Fault fault = script.apply(point.get());
        if (times == 0) {
            fault.always();
        } else {
            fault.times(times);
        }
    }

    /** How often the fault happens; 0 for always. */
    private static int times(ControlFields said) {
        if (!said.has("times")) {
            return 1;
        }
        if ("always".equals(said.any("times"))) {
            return 0;
        }
        int times = said.integer("times");
        if (times < 1) {
            throw ControlFields.wrong("\"times\": expected \"always\" or a number from 1 on, got " + times);
        }
        return times;
    }

    private static Supplier<FaultPoint> point(FakeKeboola keboola, ControlFields said) {
        String on = said.text("on");
        return switch (on) {
            case "request" -> {
                String method = said.text("method");
                String path = said.text("path");
                yield () -> keboola.on(method, path);
            }
            case "slice" -> {
                Integer slice = said.has("slice") ? said.integer("slice") : null;
                yield () -> slice == null ? keboola.onSlice() : keboola.onSlice(slice);
            }
            default -> {
                Function<FakeKeboola, FaultPoint> step = POINTS.get(on);
                if (step == null) {
                    throw ControlFields.wrong("\"on\" is \"" + on + "\", expected one of request, slice, "
                            + String.join(", ", POINTS.keySet()));
                }
                yield () -> step.apply(keboola);
            }
        };
    }

    private interface OnNumber {
        Fault fault(FaultPoint at, int number);
    }

    private static Script number(ControlFields said, String name, OnNumber fault) {
        int number = said.integer(name);
        return at -> fault.fault(at, number);
    }

    private interface OnDelay {
        Fault fault(FaultPoint at, @Nullable String retryAfter);
    }

    private static Script retryLater(ControlFields said, OnDelay fault) {
        String retryAfter = said.textOrNull("retry_after");
        return at -> fault.fault(at, retryAfter);
    }

    private static Script answer(ControlFields said) {
        int status = said.integer("status");
        Map<String, String> headers = said.texts("headers");
        String body = said.has("body") ? said.text("body") : "";
        return at -> at.answer(status, headers, body);
    }

    private static Script status(ControlFields said) {
        int code = said.integer("code");
        String retryAfter = said.textOrNull("retry_after");
        String body = said.textOrNull("body");
        return at -> body == null ? at.status(code) : at.status(code, body, retryAfter);
    }

    private static Script redirect(ControlFields said) {
        URI target = URI.create(said.text("target"));
        return at -> at.redirect(target);
    }

    private static Script chunked(ControlFields said) {
        Long length = said.has("content_length") ? said.number("content_length") : null;
        return at -> length == null ? at.chunked() : at.chunked(length);
    }

    private static Script field(ControlFields said) {
        String name = said.text("name");
        Object value = said.any("value");
        return at -> at.field(name, value);
    }

    private static Script without(ControlFields said) {
        String name = said.text("name");
        return at -> at.without(name);
    }

    private static Script replace(ControlFields said) {
        byte[] body = said.text("body").getBytes(StandardCharsets.UTF_8);
        return at -> at.replace(body);
    }

    private static Script header(ControlFields said) {
        String name = said.text("name");
        String value = said.text("value");
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
