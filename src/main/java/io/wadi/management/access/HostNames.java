package io.wadi.management.access;

import io.netty.util.NetUtil;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The allowed host names of requests, as a protection against DNS rebinding: an attacker can resolve a name of their
 * site to this machine, so that browsers treat this port as part of that site. IP addresses are always allowed, since
 * they are not resolved. Immutable.
 */
public final class HostNames {
    private final List<String> names;
    private final boolean allowsLocalNames;

    /**
     * Creates an instance.
     *
     * @param names the allowed names, such as {@code wadi.example.com}, {@code *.example.com} for all subdomains, or
     *     {@code *} for any name
     * @param allowsLocalNames whether names without a dot are allowed, such as names of containers; attackers cannot
     *     register them
     */
    public HostNames(Collection<String> names, boolean allowsLocalNames) {
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        this.allowsLocalNames = allowsLocalNames;
    }

    /** Returns whether a value of the header {@code Host}, with or without a port, is allowed. */
    boolean allows(String host) {
        String name =
                host.replaceFirst(":\\d{0,5}$", "").replaceFirst("\\.$", "").toLowerCase(Locale.ROOT);
        boolean isAddress = (name.startsWith("[") && name.endsWith("]"))
                ? NetUtil.isValidIpV6Address(name.substring(1, name.length() - 1))
                : NetUtil.isValidIpV4Address(name);
        return isAddress
                || (allowsLocalNames && name.matches("[a-z0-9_-]+"))
                || names.stream().anyMatch(each -> matches(each, name));
    }

    private static boolean matches(String allowed, String name) {
        return allowed.startsWith("*") ? name.endsWith(allowed.substring(1)) : allowed.equals(name);
    }
}
