// Decides whether a request may continue. This token is only for the demo; a real function verifies it.
export const handler = async ({ token }) => {
  const allowed = token === 'Bearer letmein';
  console.log(allowed ? 'allowed' : 'denied');
  return allowed ? { allow: true, user: 'ada' } : { allow: false };
};
