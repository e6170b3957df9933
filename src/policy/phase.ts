/** Before the backend is called, and after it answered; also the name of the phase's message. */
export type Phase = 'request' | 'response';
