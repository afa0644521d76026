package io.wadi.ingest.auth;

import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A parser of {@code keys.yaml} that reports every error with its line. */
final class KeysFile {
    private static final String HASH = "[0-9a-f]{64}";
    private static final String EXPECTED_HASHES =
            "one or two strings of 64 lower-case hexadecimal digits, two while a key is rotated";
    private static final String EXPECTED_TOPIC = "a topic name, a prefix followed by *, or * alone";
    private static final int MAX_HASHES = 2;
    private static final int MAX_RATE = 10_000_000;

    private final List<String> errors = new ArrayList<>();
    private final Map<String, ApiKeys.Key> keys = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    private KeysFile() {}

    static Map<String, ApiKeys.Key> read(byte[] yaml) {
        KeysFile file = new KeysFile();
        YamlFields.of("keys.yaml", FileText.of("keys.yaml", yaml), file.errors).ifPresent(root -> {
            root.mappings("keys", "name").forEach(file::key);
            root.end();
        });
        if (!file.errors.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), file.errors));
        }
        return file.keys;
    }

    private void key(YamlFields fields) {
        int before = errors.size();
        Optional<String> name =
                fields.required("name", ApiKey.EXPECTED_NAME, text -> Units.matching(text, ApiKey.NAME));
        List<byte[]> hashes = fields.requiredValues(
                "sha256", EXPECTED_HASHES, text -> HexFormat.of().parseHex(Units.matching(text, HASH)));
        if (hashes.size() > MAX_HASHES) {
            fields.refuse("sha256", "has %d, expected %s".formatted(hashes.size(), EXPECTED_HASHES));
        }
        List<String> topics = fields.requiredValues("topics", EXPECTED_TOPIC, text -> {
            TopicPatterns.of(List.of(text));
            return text;
        });
        Rate rate = fields.value(
                "rate",
                "a whole number of events a second from 1 to " + MAX_RATE,
                null,
                text -> Rate.of(Units.number(text, 1, MAX_RATE), 0));
        long until = fields.value("until", "a day such as 2030-12-31", Long.MAX_VALUE, KeysFile::endOf);
        fields.end();
        name.map(declared -> lines.putIfAbsent(declared, fields.line()))
                .ifPresent(first -> fields.refuse("is already declared in line " + first));
        if (errors.size() == before) {
            Principal principal = new Principal(name.orElseThrow(), TopicPatterns.of(topics), rate, until);
            keys.put(principal.name(), ApiKeys.Key.of(principal, hashes.toArray(byte[][]::new)));
        }
    }

    /** Returns the end of a day in UTC, in milliseconds since 1970. */
    private static long endOf(String day) {
        return LocalDate.parse(day)
                .plusDays(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant()
                .toEpochMilli();
    }
}
