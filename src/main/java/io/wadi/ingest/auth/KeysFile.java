package io.wadi.ingest.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.config.YamlFields;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parser of {@code keys.yaml} that reports every mistake with its line. */
final class KeysFile {
    private static final String HASH = "[0-9a-f]{64}";
    private static final String ALLOWED_HASHES =
            "one or two texts of 64 hexadecimal digits in lower case, two while a key is replaced";
    private static final String ALLOWED_TOPIC = "a topic's name, its beginning and *, or * alone";
    private static final int MOST_HASHES = 2;
    private static final long FASTEST = 10_000_000;

    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, ApiKeys.Key> keys = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    private KeysFile() {}

    /** See {@link ApiKeys#parse}. */
    static Map<String, ApiKeys.Key> read(byte[] yaml) {
        KeysFile file = new KeysFile();
        YamlFields.of("keys.yaml", new String(yaml, UTF_8), file.mistakes).ifPresent(root -> {
            root.mappings("keys", "name").forEach(file::key);
            root.end();
        });
        if (!file.mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), file.mistakes));
        }
        return file.keys;
    }

    private void key(YamlFields fields) {
        int before = mistakes.size();
        Optional<String> name = fields.required("name", ApiKey.ALLOWED_NAME, text -> {
            check(ApiKey.NAME.matcher(text).matches());
            return text;
        });
        List<byte[]> hashes = fields.requiredValues("sha256", ALLOWED_HASHES, text -> {
            check(text.matches(HASH));
            return HexFormat.of().parseHex(text);
        });
        if (hashes.size() > MOST_HASHES) {
            fields.refuse("sha256", "has %d, allowed is %s".formatted(hashes.size(), ALLOWED_HASHES));
        }
        List<String> topics = fields.requiredValues("topics", ALLOWED_TOPIC, text -> {
            TopicPatterns.of(List.of(text));
            return text;
        });
        Rate rate = fields.value("rate", "a whole number of events a second from 1 to " + FASTEST, null, text -> {
            long events = Long.parseLong(text);
            check(events >= 1 && events <= FASTEST);
            return Rate.of(events, 0);
        });
        long until = fields.value("until", "a day such as 2030-12-31", Long.MAX_VALUE, KeysFile::endOf);
        fields.end();
        name.map(declared -> lines.putIfAbsent(declared, fields.line()))
                .ifPresent(first -> fields.refuse("stands in line " + first + " already"));
        if (mistakes.size() == before) {
            Principal principal = new Principal(name.orElseThrow(), TopicPatterns.of(topics), rate, until);
            keys.put(principal.name(), ApiKeys.Key.of(principal, hashes.toArray(byte[][]::new)));
        }
    }

    /** The last day is included, in UTC. */
    private static long endOf(String day) {
        try {
            return LocalDate.parse(day)
                    .plusDays(1)
                    .atStartOfDay(ZoneOffset.UTC)
                    .toInstant()
                    .toEpochMilli();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void check(boolean isAllowed) {
        if (!isAllowed) {
            throw new IllegalArgumentException();
        }
    }
}
