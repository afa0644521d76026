package io.wadi.management.connectors;

import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;

import io.wadi.runtime.config.Setting;
import java.util.List;

/** The settings of connectors that the connector API creates. */
public final class ConnectApiSettings {
    public static final Setting<Long> MAX_CONNECTORS = number(
            "wadi.connector-api.max-connectors",
            "100",
            0,
            1000,
            "Maximum number of connectors that requests to the management port may create, if wadi.reload.enabled is true; 0: none.");
    public static final Setting<String> DIRECTORIES = optional(
            "wadi.connector-api.directories",
            "none",
            "Local directories, separated by commas, in which connectors created by request may read and write files, including their subdirectories.");
    public static final Setting<String> HDFS_DIRECTORIES = optional(
            "wadi.connector-api.hdfs-directories",
            "none",
            "Directories of HDFS, separated by commas, in which connectors created by request may read and rename files, including their subdirectories.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(ConnectApiSettings.class);

    private ConnectApiSettings() {}
}
