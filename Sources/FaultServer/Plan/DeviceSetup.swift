public import FaultKit

/// What a device has to be, so that a profile means something to it: how it was built, and with what it
/// left the factory.
public struct DeviceSetup: Sendable, Hashable {
    /// It takes signed images only (`CONFIG_SECURE_SIGNED_ON_UPDATE_NO_SECURE_BOOT`), and what is offered is
    /// signed by the key that it trusts.
    public var isSigned = false
    /// It was built with anti-rollback (`CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK`), and this secure version is
    /// burnt. Its table has no factory app then: what runs at first is in ota_0.
    public var secureVersion: Int?
    /// The chip's name, such as `esp32c3`; nil: any.
    public var chip: String?
    /// Its clock is set, and its build checks dates (`CONFIG_MBEDTLS_HAVE_TIME_DATE`).
    public var hasClock = false
    /// How large its slots are; nil: as in ESP-IDF's own tables.
    public var slotSize: ByteCount?
    /// It downloads in ranges of that size, each on a connection of its own, after it has asked for the
    /// length (`partial_http_download`): its simple and advanced methods do.
    public var rangeSize: ByteCount?
    /// It goes on with a download that was cut off: its guarded method does.
    public var resumes = false
    /// It can log in (`CONFIG_ESP_HTTP_CLIENT_ENABLE_BASIC_AUTH`).
    public var hasBasicAuth = false
    /// The most bytes of a TLS record that it takes (`CONFIG_MBEDTLS_SSL_IN_CONTENT_LEN`); nil: 16384.
    public var recordSize: ByteCount?
    /// Whose word it takes for a server.
    public var trust = Trust.authority
    /// The host that it calls; nil: the server's address.
    public var host: String?
    /// It speaks HTTP/2, as ESP-IDF's client does not.
    public var speaksHTTP2 = false
    /// Its table has a factory app, which is what runs at first. Without one that is in ota_0.
    public var hasFactory = true

    public init() {}

    /// What a device looks for at the end of a chain.
    public enum Trust: String, Sendable, Hashable, CaseIterable, KnobValue {
        /// The server's CA, in `cert_pem`.
        case authority = "ca"
        /// The server's CA, in the certificate bundle (`esp_crt_bundle_attach`).
        case bundle
        /// The server's own certificate, in `cert_pem`.
        case leaf
        /// The server's CA as it will be one day: its time is over.
        case expiredAuthority = "expired-ca"
    }

    /// The update methods of ESP-IDF to which the profile means something; nil: any.
    public var methods: [String]? {
        if self.speaksHTTP2 { return [] }
        if self.resumes { return ["guarded"] }
        return self.rangeSize == nil ? nil : ["simple", "advanced"]
    }

    /// Whether it is as any device is.
    public var isPlain: Bool { self == DeviceSetup() }
}

extension DeviceSetup: CustomStringConvertible {
    /// `a signed build, a clock that is set`.
    public var description: String {
        var words: [String] = []
        if self.isSigned { words.append("a build that takes signed images only") }
        if let secureVersion {
            words.append("a build with anti-rollback, and secure version \(secureVersion) burnt")
        }
        if let chip { words.append("an \(chip)") }
        if self.hasClock { words.append("a build that checks dates, and a clock that is set") }
        if let slotSize { words.append("slots of \(slotSize)") }
        if let rangeSize { words.append("a build that downloads in ranges of \(rangeSize)") }
        if self.resumes { words.append("one that goes on with a download that was cut off") }
        if self.hasBasicAuth { words.append("a build that can log in") }
        if let recordSize {
            words.append("a build that takes TLS records of \(recordSize) at most")
        }
        switch self.trust {
        case .authority: break
        case .bundle: words.append("a build that trusts its certificate bundle")
        case .leaf: words.append("a build with the server's certificate instead of its CA's")
        case .expiredAuthority: words.append("a build with a CA whose time is over")
        }
        if let host { words.append("a URL with the host \(host)") }
        if self.speaksHTTP2 { words.append("a client that speaks HTTP/2") }
        if !self.hasFactory { words.append("a partition table without a factory app") }
        return words.isEmpty ? "any device" : words.joined(separator: ", ")
    }
}

extension DeviceSetup {
    /// Reads the `device` of a profile.
    static func read(_ form: Form, _ complaints: inout Complaints) -> DeviceSetup? {
        guard var section = Section(form, "'device'", &complaints) else { return nil }
        var setup = DeviceSetup()
        setup.isSigned = section.read("signed", as: Bool.self, &complaints) ?? false
        setup.secureVersion =
            section.read("anti-rollback", as: SecureVersion.self, &complaints)?.number
        setup.chip = section.read("chip", as: String.self, &complaints)
        setup.hasClock = section.read("clock", as: Bool.self, &complaints) ?? false
        setup.slotSize = section.read("slot-size", as: ByteCount.self, &complaints)
        setup.rangeSize = section.read("ranges", as: ByteCount.self, &complaints)
        setup.resumes = section.read("resumes", as: Bool.self, &complaints) ?? false
        setup.hasBasicAuth = section.read("basic-auth", as: Bool.self, &complaints) ?? false
        setup.recordSize = section.read("record-size", as: ByteCount.self, &complaints)
        setup.trust = section.read("trusts", as: Trust.self, &complaints) ?? .authority
        setup.host = section.read("host", as: String.self, &complaints)
        setup.speaksHTTP2 = section.read("http2", as: Bool.self, &complaints) ?? false
        setup.hasFactory = section.read("factory", as: Bool.self, &complaints) ?? true
        section.refuseRest(of: "'device'", &complaints)
        return setup
    }

    /// An ESP32 has 32 eFuses for it (ESP-IDF, "Bootloader").
    private struct SecureVersion: KnobValue {
        static let form = "a secure version from 0 to 32"
        let number: Int

        init?(knob text: String) {
            guard let number = Int(text), (0...32).contains(number) else { return nil }
            self.number = number
        }
    }
}
