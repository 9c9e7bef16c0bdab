public import FaultKit

/// Presents a certificate with other names.
public struct CertificateNames: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-names",
        summary:
            "presents a certificate with other names: subjectAltName and CN each as they are told",
        requirement:
            "The client looks for the host that it called among the certificate's names (RFC 9525 §6), and "
            + "in the CN at most if there are none; a name of another kind, or a wildcard for more or less "
            + "than one label, is no match.",
        knobs: [
            .init(
                "san",
                "the names, such as DNS:a.example, IP:192.0.2.1 or URI:https://a.example, or a list, or none; \\0 is a NUL; "
                    + "default as they are"
            ),
            .init("more", "how many names of no host come before them, up to 20000; default 0"),
            .init("cn", "the subject's CN; {host} is the honest one; default as it is"),
        ],
        example: ["san": "DNS:wrong.example", "cn": "{host}"])

    private let names: [SubjectAltName]?
    private let commonName: String?
    private let more: Int

    /// Reads `san`, `more` and `cn`.
    public init(_ knobs: inout Knobs) throws {
        let names = try knobs.readList("san", of: NameKnob.self)
        self.commonName = try knobs.readIfSet("cn")
        self.more = try knobs.read("more", default: 0)
        guard (0...20_000).contains(self.more) else {
            throw KnobError(knob: "more", "'more' is out of range; write 0 to 20000")
        }
        guard !names.isEmpty || self.commonName != nil || self.more > 0 else {
            throw KnobError(knob: "san", "'san', 'more' and 'cn' are missing; write one of them")
        }
        self.names = names.isEmpty ? nil : names.compactMap(\.name)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        if let names { handshake.certificate.names = names }
        handshake.certificate.names =
            (0..<self.more).map { .dns("name-\($0).example") } + handshake.certificate.names
        if let commonName {
            handshake.certificate.commonName =
                commonName == "{host}" ? handshake.certificate.commonName : commonName
        }
    }
}
