package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor;
import oshi.hardware.GlobalMemory;
import oshi.hardware.NetworkIF;
import oshi.hardware.VirtualMemory;
import oshi.software.os.OSFileStore;
import oshi.software.os.OperatingSystem;
import oshi.software.os.OperatingSystem.OSVersionInfo;
import oshi.util.FileUtil;

/**
 * This machine, measured by OSHI; in a container the whole host, as with Metricbeat. Values that OSHI does not provide
 * are read from /proc, /sys and /etc on Linux, and left out on other systems.
 */
final class OshiMachine implements Machine {
    private final SystemInfo system = new SystemInfo();
    private final CentralProcessor processor = system.getHardware().getProcessor();
    private final GlobalMemory memory = system.getHardware().getMemory();
    private final ObjectNode host = describe();

    @Override
    public int cores() {
        return processor.getLogicalProcessorCount();
    }

    @Override
    public long[] cpuTicks() {
        return processor.getSystemCpuLoadTicks();
    }

    @Override
    public MemoryUsage memory() {
        Map<String, String> meminfo = FileUtil.getKeyValueMapFromFile("/proc/meminfo", ":");
        VirtualMemory swap = memory.getVirtualMemory();
        return new MemoryUsage(
                memory.getTotal(),
                memory.getAvailable(),
                bytes(meminfo.get("MemFree")),
                bytes(meminfo.get("Cached")),
                swap.getSwapTotal(),
                swap.getSwapUsed());
    }

    @Override
    public Optional<LoadAverage> load() {
        double[] averages = processor.getSystemLoadAverage(3);
        return averages[0] < 0
                ? Optional.empty()
                : Optional.of(new LoadAverage(averages[0], averages[1], averages[2], cores()));
    }

    @Override
    public List<FilesystemUsage> filesystems() {
        Set<String> withoutDevice = typesWithoutDevice();
        Map<String, FilesystemUsage> byDevice = new LinkedHashMap<>();
        for (OSFileStore store : system.getOperatingSystem().getFileSystem().getFileStores(true)) {
            if (!withoutDevice.contains(store.getType()) || store.getMount().equals("/")) {
                byDevice.merge(store.getVolume(), usage(store), OshiMachine::withShorterMount);
            }
        }
        return List.copyOf(byDevice.values());
    }

    /** Returns the types of virtual file systems, which /proc/filesystems marks with nodev. */
    private static Set<String> typesWithoutDevice() {
        return FileUtil.readFile("/proc/filesystems", false).stream()
                .filter(line -> line.startsWith("nodev"))
                .map(line -> line.substring("nodev".length()).strip())
                .collect(Collectors.toSet());
    }

    private static FilesystemUsage usage(OSFileStore store) {
        return new FilesystemUsage(
                store.getMount(),
                store.getVolume(),
                store.getType(),
                store.getTotalSpace(),
                store.getFreeSpace(),
                store.getUsableSpace(),
                store.getTotalInodes(),
                store.getFreeInodes());
    }

    private static FilesystemUsage withShorterMount(FilesystemUsage one, FilesystemUsage other) {
        return other.mountPoint().length() < one.mountPoint().length() ? other : one;
    }

    @Override
    public List<NetworkTraffic> networks() {
        return system.getHardware().getNetworkIFs(true).stream()
                .map(OshiMachine::traffic)
                .toList();
    }

    private static NetworkTraffic traffic(NetworkIF network) {
        String outDropped =
                FileUtil.getStringFromFile("/sys/class/net/" + network.getName() + "/statistics/tx_dropped");
        return new NetworkTraffic(
                network.getName(),
                new NetworkTraffic.Way(
                        network.getBytesRecv(),
                        network.getPacketsRecv(),
                        network.getInErrors(),
                        OptionalLong.of(network.getInDrops())),
                new NetworkTraffic.Way(
                        network.getBytesSent(),
                        network.getPacketsSent(),
                        network.getOutErrors(),
                        outDropped.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(outDropped))));
    }

    /** Parses a size of /proc/meminfo, such as {@code 1009964 kB}. */
    private static OptionalLong bytes(String size) {
        return size == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(size.replace(" kB", "")) * 1024);
    }

    /** Returns the description made at the start; a later change of name or address takes effect after a restart. */
    @Override
    public ObjectNode host() {
        return host.deepCopy();
    }

    private ObjectNode describe() {
        ObjectNode description = JsonNodeFactory.instance.objectNode();
        String name = system.getOperatingSystem().getNetworkParams().getHostName();
        description.put("name", name).put("hostname", name).put("architecture", architecture());
        String id = FileUtil.getStringFromFile("/etc/machine-id");
        if (!id.isEmpty()) {
            description.put("id", id);
        }
        ArrayNode ip = description.putArray("ip");
        ArrayNode mac = description.putArray("mac");
        for (NetworkIF network : system.getHardware().getNetworkIFs()) {
            List.of(network.getIPv4addr()).forEach(ip::add);
            List.of(network.getIPv6addr()).forEach(ip::add);
            mac.add(network.getMacaddr().replace(':', '-').toUpperCase(Locale.ROOT));
        }
        description.set("os", os());
        return description;
    }

    /** Returns Metricbeat's name for the architecture, which is the kernel's. */
    private static String architecture() {
        String name = System.getProperty("os.arch");
        return "amd64".equals(name) ? "x86_64" : name;
    }

    private ObjectNode os() {
        OperatingSystem os = system.getOperatingSystem();
        OSVersionInfo version = os.getVersionInfo();
        String codename = version.getCodeName();
        ObjectNode description = JsonNodeFactory.instance
                .objectNode()
                .put("type", osType())
                .put("name", os.getFamily())
                .put("version", version.getVersion() + (codename.isEmpty() ? "" : " (" + codename + ")"))
                .put("codename", codename)
                .put("kernel", System.getProperty("os.version"));
        Map<String, String> release = FileUtil.getKeyValueMapFromFile("/etc/os-release", "=");
        if (release.containsKey("ID")) {
            description.put("platform", unquoted(release.get("ID")));
            description.put("family", family(unquoted(release.getOrDefault("ID_LIKE", release.get("ID")))));
        }
        return description;
    }

    /** Returns {@code linux}, {@code macos} or {@code windows}, as in ECS. */
    private static String osType() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "macos" : name.split(" ", -1)[0];
    }

    private static String unquoted(String value) {
        return value.replace("\"", "");
    }

    /** Returns Metricbeat's name for a family of Linux distributions. */
    private static String family(String like) {
        return like.contains("rhel") || like.contains("fedora") ? "redhat" : like.split(" ", -1)[0];
    }
}
