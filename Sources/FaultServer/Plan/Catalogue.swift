public import FaultKit

/// The faults that a server knows.
public struct Catalogue: Sendable {
    /// In the order of their names.
    public let faults: [any Fault.Type]
    private let byName: [String: any Fault.Type]

    /// - Precondition: names are unique, and each fault conforms to exactly one of ``ImageFault``,
    ///   ``ResponseFault``, ``HandshakeFault`` and ``StreamFault``.
    public init(_ faults: [any Fault.Type]) {
        self.faults = faults.sorted { $0.manual.name < $1.manual.name }
        self.byName = Dictionary(faults.map { ($0.manual.name, $0) }) { first, second in
            preconditionFailure("\(first) and \(second) are both called '\(first.manual.name)'")
        }
        for fault in faults {
            let layers = [
                fault is any ImageFault.Type, fault is any ResponseFault.Type,
                fault is any HandshakeFault.Type, fault is any StreamFault.Type,
            ]
            precondition(
                layers.count { $0 } == 1,
                "\(fault) must be an image, a response, a handshake or a stream fault, and only one"
            )
        }
    }

    /// The faults' names, in alphabetical order.
    public var names: [String] { self.faults.map { $0.manual.name } }

    /// The fault of that name.
    public subscript(name: String) -> (any Fault.Type)? { self.byName[name] }
}
