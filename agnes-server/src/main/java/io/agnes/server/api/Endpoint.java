// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint of the HTTP API: what it takes, who may call it, and every answer. Routes are registered from it.
 *
 * @param methods {@code GET}, or {@code GET} and {@code HEAD}, or one other
 * @param path with parameters in braces
 * @param group the heading in documents
 * @param body null if no body is read
 * @param problems the problems of this endpoint alone; {@link #allProblems} has those of its callers and of bodies too
 */
public record Endpoint(
        List<String> methods,
        String path,
        String group,
        String summary,
        Who who,
        List<Parameter> parameters,
        @Nullable Body body,
        List<Answer> answers,
        List<ProblemCode> problems) {
    /** The problems that any request can meet, before a route sees it or under load. */
    public static final List<ProblemCode> COMMON_PROBLEMS = List.of(
            ProblemCode.REQUEST_MALFORMED,
            ProblemCode.BODY_TOO_LARGE,
            ProblemCode.ADDRESS_TOO_LONG,
            ProblemCode.TOO_MANY_REQUESTS,
            ProblemCode.INTERNAL_ERROR,
            ProblemCode.METHOD_NOT_IMPLEMENTED,
            ProblemCode.OVERLOADED);

    private static final List<ProblemCode> BODY_PROBLEMS =
            List.of(ProblemCode.REQUEST_MALFORMED, ProblemCode.BODY_TOO_LARGE, ProblemCode.VALIDATION_FAILED);

    /** The JSON of a request. */
    public record Body(Schema schema, boolean required) {}

    /** Starts the description of an endpoint. */
    public static Builder of(String method, String path, Who who) {
        return new Builder(List.of(method), path, who);
    }

    /** {@code GET}. */
    public static Builder get(String path, Who who) {
        return of("GET", path, who);
    }

    /** {@code GET}, and {@code HEAD} with the same headers. */
    public static Builder getAndHead(String path, Who who) {
        return new Builder(List.of("GET", "HEAD"), path, who);
    }

    /** {@code POST}. */
    public static Builder post(String path, Who who) {
        return of("POST", path, who);
    }

    /** {@code PUT}. */
    public static Builder put(String path, Who who) {
        return of("PUT", path, who);
    }

    /** {@code DELETE}. */
    public static Builder delete(String path, Who who) {
        return of("DELETE", path, who);
    }

    /** Each as {@code GET /api/health}. */
    public List<String> names() {
        return methods.stream().map(method -> method + " " + path).toList();
    }

    /** The answer of that status, unless it is a problem. */
    public Optional<Answer> answer(int status) {
        return answers.stream().filter(answer -> answer.status() == status).findFirst();
    }

    /** Every problem but the common ones, by status. */
    public Map<Integer, Set<ProblemCode>> allProblems() {
        return Stream.of(who.problems(), body == null ? List.<ProblemCode>of() : BODY_PROBLEMS, problems)
                .flatMap(codes -> codes.stream())
                .collect(Collectors.groupingBy(
                        ProblemCode::status, TreeMap::new, Collectors.toCollection(LinkedHashSet::new)));
    }

    /** Collects the parts of a description. */
    public static final class Builder {
        private final List<String> methods;
        private final String path;
        private final Who who;
        private final Map<String, Parameter> parameters = new LinkedHashMap<>();
        private final List<Answer> answers = new ArrayList<>();
        private final Set<ProblemCode> problems = new LinkedHashSet<>();
        private @Nullable Body body;

        private Builder(List<String> methods, String path, Who who) {
            this.methods = methods;
            this.path = path;
            this.who = who;
        }

        /** Adds parameters. */
        public Builder takes(Parameter... taken) {
            Stream.of(taken).forEach(parameter -> parameters.put(parameter.name(), parameter));
            return this;
        }

        /** Sets a body without which a request is refused. */
        public Builder body(Schema schema) {
            body = new Body(schema, true);
            return this;
        }

        /** Sets a body that may be missing. */
        public Builder optionalBody(Schema schema) {
            body = new Body(schema, false);
            return this;
        }

        /** Adds answers. */
        public Builder answers(Answer... all) {
            answers.addAll(List.of(all));
            return this;
        }

        /** Adds problems that are not those of every caller or body. */
        public Builder refuses(ProblemCode... codes) {
            problems.addAll(List.of(codes));
            return this;
        }

        /**
         * Ends the description.
         *
         * @param group the heading in documents
         * @param summary one sentence without a full stop
         */
        public Endpoint described(String group, String summary) {
            requireEachInPath();
            return new Endpoint(
                    methods,
                    path,
                    group,
                    summary,
                    who,
                    List.copyOf(parameters.values()),
                    body,
                    List.copyOf(answers),
                    List.copyOf(problems));
        }

        private void requireEachInPath() {
            List<String> described = parameters.values().stream()
                    .filter(parameter -> parameter.in() == Parameter.In.PATH)
                    .map(parameter -> "{" + parameter.name() + "}")
                    .toList();
            List<String> used = Stream.of(path.split("/"))
                    .filter(part -> part.startsWith("{"))
                    .toList();
            if (!Set.copyOf(described).equals(Set.copyOf(used))) {
                throw new IllegalStateException(path + " has the parameters " + used + " and describes " + described);
            }
        }
    }
}
