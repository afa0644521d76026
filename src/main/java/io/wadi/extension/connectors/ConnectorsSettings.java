package io.wadi.extension.connectors;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of connectors. */
public final class ConnectorsSettings {
    public static final Setting<String> SOURCE_OFFSETS_TOPIC = text(
            "wadi.source-offsets.topic",
            "wadi.positions",
            "The topic of the source offsets: how far files and databases have been read.");
    public static final Setting<String> DATABASE_URL = text(
            "wadi.database.url",
            "jdbc:postgresql://localhost:5432/postgres",
            "The default JDBC URL of the database connectors; the database must be PostgreSQL.");
    public static final Setting<String> DATABASE_USER =
            optional("wadi.database.user", "that of the URL", "User of the database.");
    public static final Setting<String> DATABASE_PASSWORD =
            optional("wadi.database.password", "none", "The user's password.");
    public static final Setting<Duration> DATABASE_REQUEST_TIMEOUT = duration(
            "wadi.database.request-timeout",
            "30s",
            "1s",
            "10m",
            "Timeout of a database request; the connector then pauses and retries.");

    static final List<Setting<?>> ALL = Setting.declaredIn(ConnectorsSettings.class);

    private ConnectorsSettings() {}
}
