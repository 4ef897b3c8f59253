// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes endpoints as a page for people, which needs one style sheet of this server and no script. */
public final class DocsPage {
    /** The path of the style sheet. */
    public static final String STYLE_PATH = "/docs/style.css";

    /** The style sheet. */
    public static final String STYLE = """
            :root { color-scheme: light dark; }
            body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 62rem; padding: 1rem; }
            code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
            pre { border: 1px solid #8888; border-radius: 4px; overflow-x: auto; padding: 0.6rem; }
            section { border-top: 1px solid #8888; margin-top: 2rem; }
            h3 code { font-size: 1em; }
            .method { border: 1px solid; border-radius: 4px; font-weight: bold; padding: 0 0.4em; }
            table { border-collapse: collapse; margin: 0.6rem 0; width: 100%; }
            caption { font-weight: bold; text-align: left; }
            th, td { border-bottom: 1px solid #8886; padding: 0.2rem 0.8rem 0.2rem 0; text-align: left; vertical-align: top; }
            nav ul { columns: 2; list-style: none; padding: 0; }
            """;

    private final StringBuilder html = new StringBuilder();

    private DocsPage() {}

    /** @param version of the server */
    public static String of(List<Endpoint> endpoints, String version) {
        DocsPage page = new DocsPage();
        page.write(endpoints, version);
        return page.html.toString();
    }

    private void write(List<Endpoint> endpoints, String version) {
        html.append("""
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width">
                <title>Agnes: HTTP API</title>
                <link rel="stylesheet" href="%s">
                </head>
                <body>
                <h1>Agnes %s: HTTP API</h1>
                <p>The same as <a href="/openapi.json">OpenAPI 3.1</a>. A token goes into <code>Authorization: Bearer</code> or
                <code>X-API-Key</code>. <a href="/docs/problems">Problem codes</a> are stable.</p>
                """.formatted(STYLE_PATH, escaped(version)));
        Map<String, List<Endpoint>> groups = endpoints.stream()
                .collect(Collectors.groupingBy(Endpoint::group, LinkedHashMap::new, Collectors.toList()));
        groups.forEach(this::contents);
        groups.forEach((group, all) -> {
            html.append("<h2>").append(escaped(group)).append("</h2>\n");
            all.forEach(this::endpoint);
        });
        html.append("<h2>Shapes</h2>\n");
        OpenApi.shapes(endpoints).values().forEach(this::shape);
        html.append("</body>\n</html>\n");
    }

    private void contents(String group, List<Endpoint> endpoints) {
        html.append("<nav><h2>").append(escaped(group)).append("</h2>\n<ul>\n");
        for (Endpoint endpoint : endpoints) {
            html.append("<li><a href=\"#%s\">%s</a></li>\n".formatted(anchor(endpoint), title(endpoint)));
        }
        html.append("</ul></nav>\n");
    }

    private static String anchor(Endpoint endpoint) {
        return endpoint.names().getFirst().replaceAll("[^A-Za-z0-9]+", "-");
    }

    private static String title(Endpoint endpoint) {
        return "<code><span class=\"method\">%s</span> %s</code>"
                .formatted(String.join("·", endpoint.methods()), escaped(endpoint.path()));
    }

    private void endpoint(Endpoint endpoint) {
        html.append("<section id=\"%s\">\n<h3>%s</h3>\n".formatted(anchor(endpoint), title(endpoint)))
                .append("<p>%s. Who: %s.</p>\n"
                        .formatted(
                                escaped(endpoint.summary()),
                                escaped(endpoint.who().text())));
        if (!endpoint.parameters().isEmpty()) {
            table(
                    "Parameters",
                    List.of("name", "in", "type", "meaning"),
                    endpoint.parameters().stream()
                            .map(parameter -> List.of(
                                    code(parameter.name()),
                                    parameter.in().name().toLowerCase(Locale.ROOT),
                                    type(parameter.schema()),
                                    escaped(parameter.description()))));
        }
        Endpoint.Body body = endpoint.body();
        if (body != null) {
            html.append(
                    "<p>Body%s: %s</p>\n".formatted(body.required() ? "" : " (may be missing)", type(body.schema())));
        }
        table(
                "Answers",
                List.of("status", "content", "headers", "meaning"),
                Stream.concat(
                        endpoint.answers().stream().map(DocsPage::answer),
                        endpoint.allProblems().entrySet().stream().map(DocsPage::problems)));
        html.append("<pre>").append(escaped(Curl.of(endpoint))).append("</pre>\n</section>\n");
    }

    private static List<String> answer(Answer answer) {
        return List.of(
                Integer.toString(answer.status()),
                answer.schema() == null ? code(answer.contentType()) : type(answer.schema()),
                answer.headers().stream().map(header -> code(header.name())).collect(Collectors.joining(", ")),
                escaped(answer.description()));
    }

    private static List<String> problems(Map.Entry<Integer, Set<ProblemCode>> problems) {
        return List.of(
                Integer.toString(problems.getKey()),
                type(ProblemSchema.PROBLEM),
                "",
                problems.getValue().stream()
                        .map(code -> "<a href=\"/docs/problems#%s\">%s</a>: %s"
                                .formatted(code.text(), code(code.text()), escaped(code.title())))
                        .collect(Collectors.joining("<br>")));
    }

    private void shape(Schema.Shape shape) {
        html.append("<section id=\"shape-%s\">\n<h3>%s</h3>\n<p>%s</p>\n"
                .formatted(shape.name(), escaped(shape.name()), escaped(shape.description())));
        table(
                "Fields",
                List.of("name", "type", "there", "meaning"),
                shape.fields().stream()
                        .map(field -> List.of(
                                code(field.name()),
                                type(field.schema()),
                                field.required() ? "always" : "sometimes",
                                escaped(field.description()))));
        html.append("</section>\n");
    }

    /** The phrase of a schema, with a link to the first shape in it. */
    private static String type(Schema schema) {
        String phrase = escaped(SchemaJson.phrase(schema));
        List<Schema.Shape> shapes = schema.shapes();
        if (shapes.isEmpty()) {
            return phrase;
        }
        String name = shapes.getFirst().name();
        return phrase.replaceFirst("\\b" + name + "\\b", "<a href=\"#shape-" + name + "\">" + name + "</a>");
    }

    private void table(String caption, List<String> columns, Stream<List<String>> rows) {
        html.append("<table><caption>").append(caption).append("</caption>\n<tr>");
        columns.forEach(column -> html.append("<th>").append(column).append("</th>"));
        html.append("</tr>\n");
        rows.forEach(row -> {
            html.append("<tr>");
            row.forEach(cell -> html.append("<td>").append(cell).append("</td>"));
            html.append("</tr>\n");
        });
        html.append("</table>\n");
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "<code>" + escaped(text) + "</code>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
