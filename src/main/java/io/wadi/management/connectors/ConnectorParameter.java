package io.wadi.management.connectors;

import static io.wadi.runtime.config.Setting.choice;
import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.size;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.runtime.config.Excerpt;
import io.wadi.runtime.config.Setting;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A parameter of a route template that a request may set.
 *
 * @param setting the name, the type and the allowed values
 * @param isRequired whether the template has no default
 * @param defaultText the default; null without one
 * @param group the group of the configuration in which clients show the parameter
 */
record ConnectorParameter(Setting<?> setting, boolean isRequired, String defaultText, String group) {
    static final String COMMON = "Common";
    static final String NAME = "name";
    static final String CLASS = "connector.class";
    static final String TASKS_MAX = "tasks.max";

    private static final int MAX_SHOWN = 100;
    /**
     * The safe values: they contain no character with a special meaning in a URI, a property placeholder, an
     * expression, a reference to a bean or a YAML file.
     */
    private static final Pattern SAFE = Pattern.compile("(?!\\s)[A-Za-z0-9 ._/*+,=@:~{}-]{0,1000}(?<!\\s)");

    private static final String TOPIC = "(?!__|\\.{1,2}(,|$))[A-Za-z0-9._-]{1,249}";
    private static final String COLUMN = "[A-Za-z_][A-Za-z0-9_]{0,62}";

    /** The parameters of every connector: its name, its class and its number of tasks. */
    static final List<ConnectorParameter> IDENTITY = List.of(
            new ConnectorParameter(
                    matching(
                            NAME,
                            "",
                            "[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
                            "1 to 100 of the characters A-Z, a-z, 0-9, '.', '_' and '-', the first a letter or digit",
                            "The connector's name, which is the route's id; topics are read by the group connect-<name>."),
                    true,
                    null,
                    COMMON),
            new ConnectorParameter(
                    matching(CLASS, "", "[a-z-]+", "the name of a route template", "The route template."),
                    true,
                    null,
                    COMMON),
            new ConnectorParameter(
                    number(
                            TASKS_MAX,
                            "1",
                            1,
                            16,
                            "Maximum number of threads that read a topic, at most one for each partition; a source has one."),
                    false,
                    "1",
                    COMMON));

    /** The parameters of templates by name. Requests cannot set others, such as the address of a database. */
    private static final Map<String, Setting<?>> KNOWN = Stream.<Setting<?>>of(
                    matching(
                            "table",
                            "",
                            COLUMN + "(\\." + COLUMN + ")?",
                            "a table, optionally with its schema, of letters, digits and '_'",
                            "The table, in the database of wadi.database.*."),
                    columns("by", "The columns that order the rows."),
                    columns("key", "The columns of the record's key; empty for the primary key."),
                    duration("settle", "0s", "0s", "1d", "Minimum age of a timestamp in the first of these columns."),
                    duration("every", "1s", "10ms", "1h", "Interval of queries while there are no new rows or lines."),
                    number("rows", "2000", 1, 10_000, "Maximum number of rows or lines read at a time."),
                    number("batch", "2000", 1, 10_000, "Maximum number of records written at a time."),
                    choice(
                            "value",
                            "json",
                            List.of("json", "json-schema", "avro", "string"),
                            "The format of records' values."),
                    matching(
                            "schema",
                            "",
                            "(schemas/(?!\\.)[A-Za-z0-9._-]+\\.avsc(,(?!$)|$))*",
                            "files such as schemas/orders.avsc, separated by commas",
                            "Files with Avro schemas below schemas/: the schema of the values, then older schemas."),
                    choice("onConflict", "update", List.of("update", "nothing"), "The handling of an existing row."),
                    flag("deletes", "false", "Whether a record without a value deletes its row."),
                    flag("ignoreUnknownFields", "false", "Whether fields without a column are ignored."),
                    flag("coordinates", "false", "Whether columns such as kafka_offset are filled."),
                    matching(
                            "files",
                            "",
                            "/[^{}]+",
                            "a directory and a pattern of names, with * and without braces",
                            "The files to read."),
                    matching(
                            "file",
                            "",
                            "/([^{}*]|\\{topic}|\\{partition})+",
                            "a path with {topic} and {partition}",
                            "The path of a partition's file."),
                    matching("directory", "", "/.*", "a directory of HDFS", "The directory of HDFS."),
                    matching(
                            "pattern",
                            "*",
                            "(?!\\.)[A-Za-z0-9._*+,=@~-]+",
                            "a pattern of names such as *.jsonl",
                            "The names of files."),
                    matching(
                            "ignoredSuffixes",
                            "",
                            "(?!.*\\.\\.)[A-Za-z0-9._,-]*",
                            "suffixes separated by commas",
                            "Suffixes of names of files that are still written."),
                    choice("format", "lines", List.of("lines", "json", "avro", "parquet"), "The format of the files."),
                    choice("lines", "raw", List.of("raw", "json", "string"), "The content of a line."),
                    size(
                            "longestLine",
                            "1MiB",
                            "1KiB",
                            "16MiB",
                            "Maximum size of a line; the beginning of a longer line becomes a dead letter."))
            .collect(Collectors.toUnmodifiableMap(Setting::name, Function.identity()));

    private static final Setting<String> SOURCE_TOPIC = matching(
            "topic",
            "",
            "(?!wadi\\.)" + TOPIC,
            "a topic that does not begin with '__' or 'wadi.'",
            "The topic; declare it in topics.yaml.");
    private static final Setting<String> SINK_TOPICS = matching(
            "topic",
            "",
            TOPIC + "(," + TOPIC + "){0,99}",
            "topics that do not begin with '__', separated by commas",
            "The topic, or several separated by commas.");

    private static Setting<String> columns(String name, String description) {
        return matching(
                name, "", "(%s(,%s){0,9})?".formatted(COLUMN, COLUMN), "columns separated by commas", description);
    }

    /** Returns the allowed values of a template's parameter; empty if requests may not set it. */
    static Optional<Setting<?>> allowed(String name, Connector.Type type) {
        if (name.equals("topic")) {
            return Optional.of(type == Connector.Type.SOURCE ? SOURCE_TOPIC : SINK_TOPICS);
        }
        return Optional.ofNullable(KNOWN.get(name));
    }

    String name() {
        return setting.name();
    }

    /**
     * Returns the errors of a value; empty if it is valid. As in Kafka Connect, an empty value does not stand for the
     * default.
     *
     * @param value the value; null if it is missing
     */
    List<String> errors(String value, AllowedDirectories directories) {
        if (isRequired && (value == null || value.isEmpty())) {
            return List.of("Missing required configuration \"%s\" which has no default value.".formatted(name()));
        }
        if (value == null) {
            return List.of();
        }
        List<String> errors = new ArrayList<>();
        if (!SAFE.matcher(value).matches() || value.contains("{{") || value.contains("}}") || !isParsed(value)) {
            errors.add("expected " + setting.allowed());
        } else if (name().equals("files") || name().equals("file")) {
            directories.localError(value).ifPresent(errors::add);
        } else if (name().equals("directory")) {
            directories.hdfsError(value).ifPresent(errors::add);
        }
        return errors.stream().flatMap(error -> invalid(value, error).stream()).toList();
    }

    /** Returns the error of an invalid value. */
    List<String> invalid(String value, String expected) {
        return List.of(
                "Invalid value %s for configuration %s: %s".formatted(Excerpt.of(value, MAX_SHOWN), name(), expected));
    }

    private boolean isParsed(String value) {
        try {
            return setting.parser().apply(value) != null;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    /** Returns the definition in Kafka Connect's format. */
    ObjectNode definition(int order) {
        ObjectNode definition = ConnectJson.JSON
                .createObjectNode()
                .put("name", name())
                .put("type", type())
                .put("required", isRequired)
                .put("default_value", defaultText)
                .put("importance", isRequired ? "HIGH" : "MEDIUM")
                .put("documentation", "%s Allowed: %s.".formatted(setting.description(), setting.allowed()))
                .put("group", group)
                .put("order_in_group", order)
                .put("width", "MEDIUM")
                .put("display_name", name());
        definition.putArray("dependents");
        return definition;
    }

    private String type() {
        return switch (setting.type().toLowerCase(Locale.ROOT)) {
            case "integer" -> "INT";
            case "flag" -> "BOOLEAN";
            default -> "STRING";
        };
    }
}
