import FaultKit

/// Makes a rule of what a profile or a line says, and tells everything that is wrong with it.
struct RuleReader {
    let catalogue: Catalogue
    let origin: String

    /// Reads the rules of a profile or a step.
    func readList(_ form: Form, _ complaints: inout Complaints) -> [Rule] {
        guard case .list(let items) = form.content else {
            complaints.add("'rules' is a list: begin each rule with '-'", at: form.spot)
            return []
        }
        return items.compactMap { self.read($0, &complaints) }
    }

    /// - Returns: nil if there was something to complain about that leaves no rule.
    func read(_ form: Form, _ complaints: inout Complaints) -> Rule? {
        guard var section = Section(form, "a rule", &complaints) else { return nil }
        let type = self.fault(&section, &complaints)
        let place = section.take("on")
        let when = section.take("when")
        guard let type else {
            // Without the fault nobody knows the knobs, but the rest can still be wrong.
            if let place { _ = Self.place(place, &complaints) }
            if let when { _ = When.read(when.value, at: nil, &complaints) }
            return nil
        }
        let on = Self.place(place, of: type, &complaints)
        let knobs = KnobReader(type: type, spot: section.spot).read(section.rest, &complaints)
        if let on, on != .body {
            for name in knobs.offsetsNeedingTotal {
                let spot = section.rest.first { $0.key == name }?.value.spot ?? section.spot
                complaints.add(
                    "'\(name)' depends on the length of the whole, which a tap on \(on.rawValue) "
                        + "does not know; write a byte count, or 'on: body'", at: spot)
            }
        }
        let moment = Self.moment(of: type, on: on)
        let condition = when.map { When.read($0.value, at: moment, &complaints) }
        guard let fault = knobs.fault, let hook = Self.hook(fault, on: on) else { return nil }
        return Rule(
            id: 0, fault: type.manual.name,
            text: Self.text(type.manual.name, on, section.rest, when?.value),
            when: condition ?? When(), hook: hook, origin: self.origin)
    }

    private func fault(
        _ section: inout Section, _ complaints: inout Complaints
    ) -> (any Fault.Type)? {
        guard let entry = section.take("fault") else {
            complaints.add(
                "a rule begins with the name of its fault, such as 'fault: truncate' in a profile "
                    + "and 'truncate' on the command line", at: section.spot)
            return nil
        }
        let name = entry.value.text ?? ""
        guard let type = self.catalogue[name] else {
            let hint = Spelling.hint(
                for: name, among: self.catalogue.names,
                otherwise: "; 'faultserve list faults' names them all")
            complaints.add("unknown fault \(name.shown)\(hint)", at: entry.value.spot)
            return nil
        }
        return type
    }

    // MARK: Places

    private static func place(_ entry: Form.Entry, _ complaints: inout Complaints) -> Place? {
        let text = entry.value.text ?? ""
        if let place = Place(knob: text) { return place }
        let hint = Spelling.hint(for: text, among: Place.allCases.map(\.rawValue))
        complaints.add(
            "'on' is \(text.shown); write \(Place.form)\(hint)", at: entry.value.spot)
        return nil
    }

    /// Where a stream fault taps; nil for another fault, and if what is said is wrong.
    private static func place(
        _ entry: Form.Entry?, of type: any Fault.Type, _ complaints: inout Complaints
    ) -> Place? {
        guard let type = type as? any StreamFault.Type else {
            if let entry {
                complaints.add(
                    "'on' means nothing to '\(type.manual.name)', which \(Self.layer(of: type)); "
                        + "remove it", at: entry.spot)
            }
            return nil
        }
        guard let entry else { return type.place ?? .body }
        guard let place = Self.place(entry, &complaints) else { return nil }
        if let needed = type.place, place != needed {
            let what = type.unit.only(at: needed)
            complaints.add(
                "'\(type.manual.name)' \(what); write 'on: \(needed.rawValue)'",
                at: entry.value.spot)
            return nil
        }
        return place
    }

    private static func layer(of type: any Fault.Type) -> String {
        switch type {
        case is any ImageFault.Type: "edits the image"
        case is any ResponseFault.Type: "edits the response"
        case is any HandshakeFault.Type: "edits the handshake"
        default: "taps a stream"
        }
    }

    private static func moment(of type: any Fault.Type, on place: Place?) -> Moment? {
        switch type {
        case is any ImageFault.Type, is any ResponseFault.Type: .request
        case is any HandshakeFault.Type: .hello
        default:
            switch place {
            case .body: .request
            case .http: .established
            case .link: .accept
            case nil: nil
            }
        }
    }

    private static func hook(_ fault: any Fault, on place: Place?) -> Hook? {
        switch fault {
        case let fault as any ImageFault: .image(fault)
        case let fault as any ResponseFault: .response(fault)
        case let fault as any HandshakeFault: .handshake(fault)
        case let fault as any StreamFault: place.map { .stream(fault, on: $0) }
        default: nil
        }
    }

    // MARK: The one-line form

    private static func text(
        _ name: String, _ place: Place?, _ knobs: [Form.Entry], _ when: Form?
    ) -> String {
        var words = [RuleLine.quoted(name)]
        if let place { words.append("on=\(place.rawValue)") }
        words += knobs.map { "\($0.key)=\(RuleLine.quoted($0.value.text ?? ""))" }
        if case .keys(let conditions)? = when?.content {
            words += conditions.map {
                "\(RuleLine.condition)\($0.key)=\(RuleLine.quoted($0.value.text ?? ""))"
            }
        }
        return words.joined(separator: " ")
    }
}

extension StreamUnit {
    /// Why a fault has one place only.
    fileprivate func only(at place: Place) -> String {
        switch self {
        case .byte: "taps '\(place.rawValue)' only"
        case .record: "works on TLS records, which only '\(place.rawValue)' has"
        case .frame: "works on frames of HTTP/2, which only '\(place.rawValue)' has"
        }
    }
}
