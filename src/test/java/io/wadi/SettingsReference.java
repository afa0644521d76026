package io.wadi;

import io.wadi.runtime.config.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A generator of docs/reference/configuration.md from the declared settings, with a section for each first word of
 * names.
 */
final class SettingsReference {
    private static final String START = """
            # Configuration

            Each setting is a property of `application.properties` and an environment variable, which takes precedence. The
            shipped file contains all settings with their defaults. The file must be in UTF-8, without a byte order mark. Wadi
            reports all mistakes together at start, including unknown names, and ends with exit code 78.

            A variable that begins with `WADI_` but is not a setting is a mistake if its name is similar to that of a setting;
            otherwise Wadi logs a warning. This does not apply to names in placeholders of `application.properties` and route
            files, and to the variables that Kubernetes sets for services.

            The value of a setting cannot contain a placeholder such as `{{env:NAME}}`, which is allowed in other properties and
            in route files. Use the environment variable of the setting instead.

            | type | format |
            |---|---|
            | text, choice | as is; leading and trailing white space is removed |
            | list | texts or choices, separated by commas |
            | flag | `true` or `false` |
            | integer, number | `42`, `0.5` |
            | size | bytes with a unit: `512B`, `64KiB`, `128MiB`, `4GiB` |
            | duration | `500ms`, `5s`, `10m`, `1h`, `7d` |

            This page is generated from the declared settings by `./wadi test SettingsReferenceTest -Dwrite.docs=true`.
            """;

    /** Headings and introductions by the word after {@code wadi.}, in the order of the page. */
    private static final Map<String, Section> SECTIONS = sections("""
            kafka | Kafka | The Kafka cluster of all routes; `camel.component.kafka.*` sets other properties of its clients.
            topics-file | Declared topics | The file that declares topics, their partitions and their formats.
            http | Event endpoint | The HTTP server for events: address, TLS and the limits of each connection and request.
            ingest | Ingest | Processing of requests with events: acknowledgement timeout, memory, rate limits, keys and tokens.
            deduplication | Deduplication | The flow from inboxes to topics with `deduplicate`: consumer group, consumers, limits.
            web-events | GET /api/select | The endpoint for events of web pages.
            pixel | GET /pixel.gif | The tracking pixel of web pages and mail.
            receipts | Receipts | Requests for the states of receipts: limits and waiting time.
            schema-registry | Schema registry | The registry with the schemas of topics that contain Avro.
            hdfs | HDFS | The connection to HDFS, optionally with Kerberos, of landing, compaction, audit and models.
            landing | Landing | The HDFS sink: topics, file format, and limits at which files are published.
            elasticsearch | Elasticsearch | The connection to Elasticsearch.
            indexing | Indexing | The Elasticsearch sink: topics, timestamps and keys of documents, bulk requests.
            completeness | Completeness | Watermarks: the time up to which all records of a topic have been landed or indexed.
            dead-letters | Dead letters | Records that could not be processed.
            metrics | Server metrics | Routing of metric documents by content, and the shipped thresholds.
            host-metrics | Metrics of this machine | Metrics of the machine on which this process runs.
            prometheus | Prometheus targets | Prometheus targets; Wadi writes their scraped metrics as documents.
            alerts | Alerts | Alert rules on server metrics, their state, and notifications to Alertmanager.
            streams | Streams files | Kafka Streams topologies in files, and queries of their tables.
            cards | Card payments | Scoring of card payments by rules and models.
            source-offsets | Source offsets | Positions up to which source connectors have read files and databases.
            database | Database connectors | The default database of the database connectors.
            mirror | Mirrors | Monitoring of MirrorMaker 2.
            reload | Hot reload | Reload of route and streams files that change while Wadi runs.
            connector-api | Connectors created by requests | Limits for connectors that requests to the management port create.
            management | Management port | The HTTP server for the page, health, metrics and connector API: address, users, limits, masking.
            lag | Consumer lag | Monitoring of the consumer groups of the cluster.
            health | Health | Timeouts and limits after which a dependency, a partition or a consumer thread is down.
            telemetry | Telemetry | Metrics and traces of this process.
            stop | Shutdown | Timeouts of the orderly shutdown.
            restart | Restarts | Information about the previous process, which a supervisor sets when it restarts Wadi.
            """);

    private record Section(String heading, String sentence) {}

    private SettingsReference() {}

    private static Map<String, Section> sections(String lines) {
        Map<String, Section> sections = new LinkedHashMap<>();
        lines.lines()
                .map(line -> line.split(" \\| ", -1))
                .forEach(each -> sections.put(each[0], new Section(each[1], each[2])));
        return sections;
    }

    /**
     * Returns the whole page.
     *
     * @throws IllegalArgumentException if a setting belongs to no section, or a section has no setting
     */
    static String page(List<Setting<?>> settings) {
        Map<String, List<Setting<?>>> byWord = new LinkedHashMap<>();
        SECTIONS.keySet().forEach(word -> byWord.put(word, new ArrayList<>()));
        for (Setting<?> each : settings) {
            String word = each.name().split("\\.", -1)[1];
            List<Setting<?>> section = byWord.get(word);
            if (section == null) {
                throw new IllegalArgumentException(each.name() + ": SettingsReference has no section " + word);
            }
            section.add(each);
        }
        StringBuilder page = new StringBuilder(START);
        byWord.forEach((word, section) -> append(page, word, section));
        return page.toString();
    }

    private static void append(StringBuilder page, String word, List<Setting<?>> settings) {
        if (settings.isEmpty()) {
            throw new IllegalArgumentException("No setting begins with wadi." + word + ": remove the section");
        }
        Section section = SECTIONS.get(word);
        page.append("\n## ")
                .append(section.heading())
                .append("\n\n")
                .append(section.sentence())
                .append("\n\n");
        page.append(
                "| property, environment variable | type | range | default | description |\n|---|---|---|---|---|\n");
        for (Setting<?> each : settings) {
            page.append("| `%s`<br>`%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            each.name(),
                            each.variable(),
                            each.type(),
                            cell(each.range()),
                            each.defaultText().isEmpty() ? "–" : "`" + cell(each.defaultText()) + "`",
                            cell(each.description())));
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
