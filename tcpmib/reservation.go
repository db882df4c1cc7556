package tcpmib

import (
	"math/bits"

	"github.com/winmib/winmib/native"
)

// CreatePersistentTcpPortReservation reserves numberOfPorts TCP ports from startPort on, across
// restarts of Windows, until DeletePersistentTcpPortReservation: other programs cannot bind them.
// The token names the reservation to a socket that is to use it (SIO_ASSOCIATE_PORT_RESERVATION).
// If one of the ports is in use or reserved, the error's code is ERROR_SHARING_VIOLATION (32). Needs
// elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-createpersistenttcpportreservation
func CreatePersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, err error) {
	token, code := native.CreatePersistentTcpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return token, reservationError("CreatePersistentTcpPortReservation", code)
}

// DeletePersistentTcpPortReservation deletes the reservation of exactly these ports. If there is
// none errors.Is(err, fs.ErrNotExist) holds. Needs elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-deletepersistenttcpportreservation
func DeletePersistentTcpPortReservation(startPort, numberOfPorts uint16) error {
	code := native.DeletePersistentTcpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return reservationError("DeletePersistentTcpPortReservation", code)
}

// LookupPersistentTcpPortReservation returns the token of the reservation of exactly these ports. If
// there is none errors.Is(err, fs.ErrNotExist) holds. Needs no elevation. Windows Vista.
// https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-lookuppersistenttcpportreservation
func LookupPersistentTcpPortReservation(startPort, numberOfPorts uint16) (token uint64, err error) {
	token, code := native.LookupPersistentTcpPortReservation(bits.ReverseBytes16(startPort), numberOfPorts)
	return token, reservationError("LookupPersistentTcpPortReservation", code)
}

func reservationError(function string, code uint32) error {
	if code == CodeSuccess {
		return nil
	}
	return &Error{Query{Func: function}, code}
}
