// SPDX-License-Identifier: Apache-2.0
package io.agnes.server.cli;

import io.agnes.server.AgnesServer;
import io.agnes.server.api.OpenApi;
import io.agnes.server.api.Postman;
import io.agnes.server.route.HttpApi;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code agnes api export}: prints the description of the HTTP API, without a server. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the description of the HTTP API of this version, without a server.",
            "openapi is what a server answers to GET /openapi.json; postman is a collection with a folder for each group"
                    + " and the variables baseUrl and token."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "64:invalid arguments", "73:the file cannot be written"})
final class ApiExportCommand implements Callable<Integer> {
    /** The language of the document. */
    enum Format {
        OPENAPI,
        POSTMAN
    }

    static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            return switch (text) {
                case "openapi" -> Format.OPENAPI;
                case "postman" -> Format.POSTMAN;
                default -> throw new TypeConversionException("it is openapi or postman, and not " + text);
            };
        }
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            required = true,
            converter = FormatConverter.class,
            description = "openapi (3.1) or postman (collection 2.1)")
    @SuppressWarnings("NullAway.Init")
    private Format format;

    @Option(names = "-o", paramLabel = "FILE", description = "the file to make, instead of standard output")
    private @Nullable String out;

    @Override
    public Integer call() throws IOException {
        String version = AgnesServer.version();
        String text = written(
                switch (format) {
                    case OPENAPI -> OpenApi.of(HttpApi.ENDPOINTS, version);
                    case POSTMAN -> Postman.of(HttpApi.ENDPOINTS, version);
                });
        if (out == null) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
            return 0;
        }
        try (OutputFile output = OutputFile.of(out, List.of())) {
            Files.writeString(output.draft(), text);
            output.publish();
        }
        return 0;
    }

    private static String written(JsonObject document) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(text)) {
            writer.writeObject(document);
        }
        return text.toString().strip() + "\n";
    }
}
